import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { type Bus, listSubscribers, reloadServers, renderSubscribers, type Subscriber } from "@skytide/bus";
import { z } from "zod";
import { natsSettings } from "./settings.ts";
import type { Shell } from "./shell.ts";

const accountsSettings = z.object({
  NATS_SUBSCRIBERS_FILE: z
    .string()
    .optional()
    .describe("File of the subscribers' accounts that the nats-server includes."),
  NATS_RELOADER_SEED: z.string().optional().describe("NKEY seed of the user that may make nats-servers reload."),
});

/** The subscribers whose access has not ended. */
export function validSubscribers(subscribers: readonly Subscriber[]): Subscriber[] {
  const now = Date.now();
  return subscribers.filter(({ expiresAt }) => expiresAt === null || expiresAt.getTime() > now);
}

/** Brings the servers' accounts to what the durables say; where this machine cannot, it says what does. */
export async function syncAccounts(shell: Shell, bus: Bus): Promise<void> {
  const { NATS_SUBSCRIBERS_FILE: file, NATS_RELOADER_SEED: nkeySeed } = shell.settings(accountsSettings);
  if (file === undefined) {
    shell.note(
      "The servers do not know it yet: skytide nats config --for kubernetes --keys <folder> | kubectl apply -f -, then skytide nats reload.",
    );
    return;
  }
  const text = renderSubscribers(validSubscribers(await listSubscribers(bus)));
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    // Whole or not at all: the server may read it at any moment.
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  if (nkeySeed === undefined) return shell.note("Written. Now make the nats-server reload twice: skytide nats reload.");
  await reloadAll(shell, nkeySeed);
}

/** Makes every server read its configuration again. Throws when one of them refuses it. */
export async function reloadAll(shell: Shell, nkeySeed?: string): Promise<number> {
  const seed = nkeySeed ?? shell.settings(accountsSettings.required({ NATS_RELOADER_SEED: true })).NATS_RELOADER_SEED;
  return reloadServers({ servers: shell.settings(natsSettings).NATS_URL, nkeySeed: seed });
}
