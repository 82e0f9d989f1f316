import { createHash, createHmac, randomUUID } from "node:crypto";
import { z } from "zod";

/** The keys of the keyed hashes, newest first; each has the short version that stands in front of what it made. */
export interface HashKeys {
  readonly keys: readonly { readonly version: string; readonly secret: string }[];
}

const hashKeyPattern = /^([a-z0-9]{1,8}):(.{16,})$/;

/** Parses `CHAT_HASH_KEYS`: `version:secret` pairs, separated by commas, newest first; a secret has at least 16 characters. */
export const hashKeysSchema = z.string().transform((text, context): HashKeys => {
  const keys = text.split(",").map((part) => hashKeyPattern.exec(part.trim()));
  if (keys.some((match) => match === null)) {
    context.addIssue({
      code: "custom",
      message: "expected version:secret pairs separated by commas, each secret at least 16 characters",
    });
    return z.NEVER;
  }
  return { keys: keys.flatMap((match) => (match?.[1] && match[2] ? [{ version: match[1], secret: match[2] }] : [])) };
});

function keyedHash(keys: HashKeys, purpose: string, parts: readonly string[]): string {
  const [key] = keys.keys;
  if (key === undefined) throw new RangeError("no hash key configured");
  // The length in front of each part keeps ("ab","c") and ("a","bc") apart.
  const text = [purpose, ...parts].map((part) => `${part.length}:${part}`).join("");
  const digest = createHmac("sha256", key.secret).update(text).digest().subarray(0, 16);
  return `${key.version}_${digest.toString("base64url")}`;
}

/** The log's name of a conversation: a keyed hash of organization, platform and the customer's platform id, which it does not reveal. */
export function chatOf(keys: HashKeys, organizationId: string, platform: string, platformUserId: string): string {
  return keyedHash(keys, "chat", [organizationId, platform, platformUserId]);
}

/** The id of an inbound event, the same for every delivery of one message: provider ids contain the phone, so it is a keyed hash. */
export function inboundEventId(keys: HashKeys, organizationId: string, providerMessageId: string): string {
  return keyedHash(keys, "inbound", [organizationId, providerMessageId]);
}

/** The id of an event that follows from a known cause (`inboundEventId`, a reply, a row): the same cause and step give the same id. */
export function derivedEventId(...cause: readonly (string | number)[]): string {
  return createHash("sha256").update(cause.join("\n")).digest("base64url").slice(0, 27);
}

/** A provider's message id in a form that may stand in logs, metrics and errors. */
export function opaqueId(keys: HashKeys, providerMessageId: string): string {
  return keyedHash(keys, "provider", [providerMessageId]);
}

/** A fresh random id, for what has no cause to derive it from. */
export function randomEventId(): string {
  return randomUUID();
}
