import { z } from "zod";
import { CliError } from "../cli-error.ts";

/** The traces of conversations in Langfuse. */
export interface LangfuseTraces {
  /** Deletes every trace of a session and says how many there were; Langfuse itself forgets them within minutes. */
  eraseSession(sessionId: string): Promise<number>;
  countSession(sessionId: string): Promise<number>;
}

interface Options {
  host: string;
  publicKey: string;
  secretKey: string;
}

const PAGE = 100;
const MAX_PAGES = 1_000;
const WITHIN_MS = 15_000;
const listSchema = z.object({
  data: z.array(z.object({ id: z.string() })),
  meta: z.object({ totalItems: z.number().int() }),
});

/** The public API of Langfuse: `GET` and `DELETE /api/public/traces`. */
export function createLangfuseTraces({ host, publicKey, secretKey }: Options): LangfuseTraces {
  const authorization = `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}`;
  const call = async (method: string, query: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${host.replace(/\/+$/, "")}/api/public/traces${query}`, {
      method,
      headers: { authorization, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    if (!response.ok)
      throw new CliError(`Langfuse answered with status ${response.status}. Run this again when it is well.`);
    return await response.json();
  };
  const list = async (sessionId: string) =>
    listSchema.parse(await call("GET", `?${new URLSearchParams({ sessionId, limit: String(PAGE) })}`));
  return {
    async eraseSession(sessionId) {
      const erased = new Set<string>();
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const { data } = await list(sessionId);
        // Langfuse deletes in the background: what was asked for once is still listed for a while.
        const traceIds = data.map(({ id }) => id).filter((id) => !erased.has(id));
        if (traceIds.length === 0) break;
        await call("DELETE", "", { traceIds });
        for (const id of traceIds) erased.add(id);
      }
      return erased.size;
    },
    countSession: async (sessionId) => (await list(sessionId)).meta.totalItems,
  };
}
