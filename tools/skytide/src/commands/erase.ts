import { connectCoordination } from "@skytide/coordination";
import type { FoundCustomer } from "@skytide/store";
import type { Command } from "commander";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import { type ErasureReport, eraseCustomer, isClear } from "../erase/erase-customer.ts";
import { createLangfuseTraces } from "../erase/langfuse-traces.ts";
import { isConfirmed, type Shell, type WithShell } from "../shell.ts";
import { duration } from "../values.ts";

interface Options {
  chat?: string;
  contact?: string;
  within: number;
  yes?: boolean;
}

const settings = z.object({
  REDIS_URL: z.url().optional().describe("Redis of the fleet, where it has one."),
  LANGFUSE_HOST: z.url().optional().describe("Base URL of Langfuse, where traces are kept."),
  LANGFUSE_PUBLIC_KEY: z.string().optional().describe("Langfuse public key; needed with LANGFUSE_HOST."),
  LANGFUSE_SECRET_KEY: z.string().optional().describe("Langfuse secret key; needed with LANGFUSE_HOST."),
});

/** `skytide erase`: forgets one customer of one organization everywhere. */
export function registerErase(program: Command, withShell: WithShell): void {
  program
    .command("erase")
    .summary("forgets one customer everywhere")
    .description(
      "Erases a customer of an organization: database, log, timers, journals, dead letters, stored files and traces. Future\nappointments are cancelled; that appointments took place stays, without a name. Subscribers are told by contact.erased.\nCan be repeated, and goes on where it was stopped.",
    )
    .argument("<organization>", "the organization's id")
    .option("--chat <chat>", "the customer by the name of a conversation in the log")
    .option("--contact <id>", "the customer by the contact's id in the CRM")
    .option("--within <duration>", "how long consumers may take to pass the erasure", duration, 120_000)
    .option("--yes", "does it; nothing brings it back")
    .action(
      withShell(async (shell: Shell, organizationId: string, options: Options) => {
        const { chat, contact: contactId } = options;
        if (chat === undefined && contactId === undefined)
          throw new CliError("Say whom: --chat or --contact.", { exitCode: 2 });
        const customer = { organizationId, chat, contactId };
        const found = await shell.store().findCustomer(customer);
        if (!options.yes) shell.show(found, plan);
        if (!isConfirmed(shell, options)) return;
        await shell.audit({ action: "customer.erase", organizationId, facts: { chats: found.chats.join(",") } });
        await act(shell, customer, options.within);
      }),
    );
}

async function act(shell: Shell, customer: Parameters<typeof eraseCustomer>[1], passWithinMs: number): Promise<void> {
  const {
    LANGFUSE_HOST: host,
    LANGFUSE_PUBLIC_KEY: publicKey,
    LANGFUSE_SECRET_KEY: secretKey,
    REDIS_URL,
  } = shell.settings(settings);
  const bus = await shell.bus();
  const coordination = await connectCoordination({ redisUrl: REDIS_URL, bus });
  shell.defer(() => coordination.close());
  const traces = host && publicKey && secretKey ? createLangfuseTraces({ host, publicKey, secretKey }) : null;
  if (traces === null) shell.note("LANGFUSE_HOST is not set: traces are not looked for.");
  const { note } = shell;
  const report = await eraseCustomer({ bus, store: shell.store(), coordination, traces, note, passWithinMs }, customer);
  shell.show(report, outcome);
  if (!isClear(report)) throw new CliError("Something is left (see above). Run the same command again.");
}

function plan({ chats, contactId, futureAppointments, identities, messages, erased }: FoundCustomer): string {
  return [
    `Contact ${contactId ?? "none"}, ${chats.length} conversations (${identities} known to the database), ${messages} messages, ${futureAppointments} future appointments that would be cancelled.`,
    ...(erased ? ["Erased before; again removes what may have come since."] : []),
  ].join("\n");
}

function outcome({ chats, events, files, traces, left }: ErasureReport): string {
  const found = `Found afterwards: ${left.log} on the log, ${left.files} files, ${left.traces} traces.`;
  return [`Erased: ${chats.length} conversations, ${events} events, ${files} files, ${traces} traces.`, found].join(
    "\n",
  );
}
