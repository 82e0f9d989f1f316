import { connect, nkeyAuthenticator } from "nats";
import { inboxPrefixOf } from "./permissions.ts";

const ANSWERS_WITHIN_MS = 500;
const RELOAD_WITHIN_MS = 5_000;
/** nats-server 2.14 knows an added account after one reload, and what it imports after the next (decisions/0076). */
const TIMES = 2;

/** Makes every server of the cluster read its configuration again; open connections stay. Answers how many servers there are. */
export async function reloadServers({ servers, nkeySeed }: { servers: string; nkeySeed: string }): Promise<number> {
  const nats = await connect({
    servers: servers.split(","),
    name: "reloader",
    authenticator: nkeyAuthenticator(new TextEncoder().encode(nkeySeed)),
    inboxPrefix: inboxPrefixOf("reloader"),
  });
  try {
    const ids = new Set<string>();
    for await (const answer of await nats.requestMany("$SYS.REQ.SERVER.PING", "", { maxWait: ANSWERS_WITHIN_MS })) {
      ids.add(answer.json<{ server: { id: string } }>().server.id);
    }
    for (let time = 0; time < TIMES; time += 1) {
      for (const id of ids) await reload(id);
    }
    return ids.size;
  } finally {
    await nats.close();
  }

  async function reload(id: string): Promise<void> {
    const answer = await nats.request(`$SYS.REQ.SERVER.${id}.RELOAD`, "", { timeout: RELOAD_WITHIN_MS });
    const { error } = answer.json<{ error?: { description?: string } }>();
    if (error) throw new Error(`a nats-server refused its configuration: ${error.description ?? "without a reason"}`);
  }
}
