import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { ACCOUNT, createUserSeeds, renderAccounts, renderSubscribers, SUBSCRIBERS_FILE, type User } from "@skytide/bus";
import { z } from "zod";
import type { DataFolder } from "./data-folder.ts";

const ACCOUNTS_FILE = "accounts.conf";
const seedsSchema = z.record(z.string(), z.string());

/** The embedded server's users: their seeds, and the files that its configuration includes. */
export interface NatsUsers {
  seeds: Readonly<Record<User, string>>;
  accounts: Readonly<Record<string, string>>;
  /** Where `skytide subscribers` writes the accounts of outsiders. */
  subscribersFile: string;
}

/** The users of this folder's nats-server: made once; who came later gets a key when it is first missing. */
export function natsUsersIn(folder: Pick<DataFolder, "path">): NatsUsers {
  const path = folder.path("nats-users.json");
  const known = existsSync(path) ? seedsSchema.parse(JSON.parse(readFileSync(path, "utf8"))) : {};
  const seeds = { ...createUserSeeds(), ...known };
  writeFileSync(path, `${JSON.stringify(seeds, null, 2)}\n`, { mode: 0o600 });
  mkdirSync(folder.path("nats"), { recursive: true });
  keepStreamsOfOlderVersions(folder);
  const subscribersFile = folder.path("nats", SUBSCRIBERS_FILE);
  // Of an earlier start: subscribers are in before the first command runs.
  const subscribers = existsSync(subscribersFile) ? readFileSync(subscribersFile, "utf8") : renderSubscribers([]);
  return {
    seeds,
    accounts: { [ACCOUNTS_FILE]: renderAccounts(seeds), [SUBSCRIBERS_FILE]: subscribers },
    subscribersFile,
  };
}

/** Until there were accounts the streams stood in the server's nameless one. */
function keepStreamsOfOlderVersions(folder: Pick<DataFolder, "path">): void {
  const [before, now] = ["$G", ACCOUNT].map((account) => folder.path("nats", "store", "jetstream", account));
  if (before && now && existsSync(before) && !existsSync(now)) renameSync(before, now);
}
