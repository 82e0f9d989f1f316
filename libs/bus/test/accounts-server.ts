import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNatsServer } from "@skytide/embedded";
import { connect, headers, type NatsConnection, nkeyAuthenticator } from "nats";
import {
  type Bus,
  connectBus,
  createUserSeeds,
  inboxPrefixOf,
  listSubscribers,
  provision,
  reloadServers,
  renderAccounts,
  renderSubscribers,
  SUBSCRIBERS_FILE,
  type User,
} from "../src/index.ts";

/** A nats-server with the fleet's accounts, provisioned, and connections as its users. */
export interface AccountsServer {
  url: string;
  operator: Bus;
  busOf(user: User): Promise<Bus>;
  /** The client itself, for what the bus would never do. */
  clientOf(user: User): Promise<NatsConnection>;
  outsider(seed: string): Promise<NatsConnection>;
  /** Writes the accounts of the subscribers that there are now, and makes the server read them. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it on a folder of its own. */
export async function startAccountsServer(): Promise<AccountsServer> {
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-accounts-"));
  const seeds = createUserSeeds();
  const accounts = { "accounts.conf": renderAccounts(seeds), [SUBSCRIBERS_FILE]: renderSubscribers([]) };
  const server = await startNatsServer({ dataDir, port: "free", monitorPort: "free", accounts });
  const open: (Bus | NatsConnection)[] = [];
  const keep = <One extends Bus | NatsConnection>(one: One): One => {
    open.push(one);
    return one;
  };
  const busOf = async (user: User) =>
    keep(
      await connectBus({
        servers: server.url,
        name: user,
        nkeySeed: seeds[user],
        inboxPrefix: inboxPrefixOf(user),
      }),
    );
  const client = async (seed: string, inboxPrefix: string) =>
    keep(
      await connect({
        servers: server.url,
        authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
        inboxPrefix,
        maxReconnectAttempts: 0,
      }),
    );
  await provision(await busOf("provisioner"), { maxBytes: 64 * 1024 * 1024 });
  const operator = await busOf("operator");
  return {
    url: server.url,
    operator,
    busOf,
    clientOf: (user) => client(seeds[user], inboxPrefixOf(user)),
    outsider: (seed) => client(seed, "_INBOX"),
    async reload() {
      const now = Date.now();
      const valid = (await listSubscribers(operator)).filter(
        ({ expiresAt }) => !expiresAt || expiresAt.getTime() > now,
      );
      await writeFile(join(dataDir, SUBSCRIBERS_FILE), renderSubscribers(valid));
      await reloadServers({ servers: server.url, nkeySeed: seeds.reloader });
    },
    async stop() {
      await Promise.all(open.map((one) => ("consume" in one ? one.drain() : one.close())));
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What the server says to one request: its answer, `refused` for a missing permission, or `nobody` when nothing listens. */
export async function ask(
  client: NatsConnection,
  subject: string,
  body: unknown = "",
  header: Record<string, string> = {},
): Promise<string> {
  const set = headers();
  for (const [name, value] of Object.entries(header)) set.set(name, value);
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  try {
    const answer = await client.request(subject, payload, { timeout: 500, headers: set });
    const code = answer.headers?.code ?? 0;
    return code > 0 ? `status ${code}` : answer.string();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "PERMISSIONS_VIOLATION") return "refused";
    return code === "503" ? "nobody" : String(code);
  }
}
