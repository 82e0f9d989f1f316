import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/** Who may ask for turns: for each organization the hashes of its tokens. */
export type InvokeTokens = readonly { readonly organizationId: string; readonly hash: Buffer }[];

const pair = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\S{16,})$/i;

/** Parses `INVOKE_TOKENS`: `organization:token` pairs by commas, several for one organization while its token changes. */
export const invokeTokensSchema = z.string().transform((text, context): InvokeTokens => {
  const pairs = text.split(",").map((part) => pair.exec(part.trim()));
  if (pairs.some((match) => match === null)) {
    const message = "expected organization:token pairs separated by commas, each token at least 16 characters";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }
  return pairs.flatMap((match) =>
    match?.[1] && match[2] ? [{ organizationId: match[1].toLowerCase(), hash: hashOf(match[2]) }] : [],
  );
});

/** The organizations that a bearer token speaks for. Every token is compared, by hash: the time it takes says nothing. */
export function organizationsOf(tokens: InvokeTokens, authorization: string | undefined): Set<string> {
  const given = hashOf((authorization ?? "").replace(/^Bearer /i, ""));
  const matching = tokens.filter(({ hash }) => timingSafeEqual(hash, given));
  return new Set(matching.map(({ organizationId }) => organizationId));
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
