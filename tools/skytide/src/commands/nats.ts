import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import {
  createUserSeeds,
  listSubscribers,
  renderAccounts,
  renderSubscribers,
  SUBSCRIBERS_FILE,
  USERS,
  type User,
} from "@skytide/bus";
import { type Command, Option } from "commander";
import { isConfirmed, type Shell, type WithShell } from "../shell.ts";
import { reloadAll, validSubscribers } from "../subscriber-accounts.ts";

interface Options {
  for: "compose" | "kubernetes";
  keys: string;
  out?: string;
  first?: boolean;
  yes?: boolean;
}

const ACCOUNTS_FILE = "accounts.conf";
const SEED = "NATS_NKEY_SEED";

/** `skytide nats config|reload`: users and accounts of the nats-servers, from the one table of permissions. */
export function registerNats(program: Command, withShell: WithShell): void {
  const nats = program.command("nats").summary("users, accounts and permissions of the nats-servers");
  nats
    .command("config")
    .description(
      "Renders the servers' accounts: one user per service with only its subjects, and the subscribers. Keys that are\nmissing in the folder are made, one <user>.env each. compose: writes files; kubernetes: prints Secrets for kubectl.",
    )
    .addOption(new Option("--for <where>", "which deployment").choices(["compose", "kubernetes"]).makeOptionMandatory())
    .requiredOption("--keys <folder>", "folder of the users' keys: keep it as you keep passwords")
    .option("--out <folder>", "where compose's nats-server reads them", ".")
    .option("--first", "there is no server yet to ask for subscribers")
    .action(withShell((shell: Shell, options: Options) => config(shell, options)));
  nats
    .command("reload")
    .description("Makes every nats-server read its configuration again; open connections stay.")
    .option("--yes", "does it")
    .action(withShell((shell: Shell, options: Options) => reload(shell, options)));
}

async function config(shell: Shell, options: Options): Promise<void> {
  const seeds = seedsIn(options.keys);
  const subscribers = options.first ? [] : validSubscribers(await listSubscribers(await shell.bus()));
  const files = { [ACCOUNTS_FILE]: renderAccounts(seeds), [SUBSCRIBERS_FILE]: renderSubscribers(subscribers) };
  if (options.for === "kubernetes") return shell.print(JSON.stringify(toManifests(files, seeds), null, 2));
  const out = options.out ?? ".";
  mkdirSync(out, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    // Without a server to ask, the subscribers of an earlier run stay.
    if (options.first && name === SUBSCRIBERS_FILE && existsSync(join(out, name))) continue;
    writeFileSync(join(out, name), text);
  }
  shell.show({ written: Object.keys(files) }, () => `Written to ${out}: ${Object.keys(files).join(", ")}.`);
}

async function reload(shell: Shell, options: Options): Promise<void> {
  if (!isConfirmed(shell, options)) return;
  const servers = await reloadAll(shell);
  shell.show({ servers }, () => `${servers} server${servers === 1 ? "" : "s"} reloaded.`);
}

/** The seed of every user; who has no file yet gets one. */
function seedsIn(folder: string): Record<User, string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const seeds = createUserSeeds();
  for (const user of USERS) {
    const path = join(folder, `${user}.env`);
    const known = existsSync(path) ? parseEnv(readFileSync(path, "utf8"))[SEED] : undefined;
    if (known === undefined) writeFileSync(path, `${SEED}=${seeds[user]}\n`, { mode: 0o600 });
    else seeds[user] = known;
  }
  return seeds;
}

/** Secrets for kubectl: the accounts that the servers include, and one per user with its seed. */
function toManifests(files: Record<string, string>, seeds: Record<User, string>) {
  const secret = (name: string, stringData: Record<string, string>) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, labels: { "app.kubernetes.io/part-of": "skytide" } },
    stringData,
  });
  return {
    apiVersion: "v1",
    kind: "List",
    items: [
      secret("skytide-nats-accounts", files),
      ...USERS.map((user) => secret(`skytide-nats-${user}`, { [SEED]: seeds[user] })),
    ],
  };
}
