import { parseEvent, type ReplyRequested, randomEventId, retrySubject } from "@skytide/events";
import type { DeadLetter } from "@skytide/stage";
import type { SendCircuit, UnknownSend } from "@skytide/store";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { isConfirmed, type Shell, type WithShell } from "../shell.ts";
import { table } from "../table.ts";

const MOST = 1000;

interface Decision {
  sent?: boolean;
  resend?: boolean;
  drop?: boolean;
  yes?: boolean;
}

/** `skytide outbound unknown|settle|blocked|unblock`: sends that nobody knows the end of, and apps that are refused. */
export function registerOutbound(program: Command, withShell: WithShell): void {
  const outbound = program.command("outbound").summary("sends of unknown end, and apps through which nothing is sent");
  outbound
    .command("unknown")
    .description(
      "Lists sends of which nobody knows whether the provider took them. \"held\" ones wait for a person: look into the provider's\nlog or ask the customer's business, then settle them. The others outbound is still finding out about.",
    )
    .action(withShell(async (shell: Shell) => shell.show(await unknownSends(shell), prettySends)));
  outbound
    .command("settle")
    .description("Says what became of such a send, or what shall: exactly one of --sent, --resend and --drop.")
    .argument("<reply>", "the reply's id in the list")
    .argument("[index]", "which of its messages", "0")
    .option("--sent", "the customer has it: the history shows it, and what was to follow it is sent")
    .option(
      "--resend",
      "the customer does not have it: it is sent again, if it is not superseded and its window is open",
    )
    .option("--drop", "it is not sent any more")
    .option("--yes", "does it")
    .action(
      withShell((shell: Shell, reply: string, index: string, decision: Decision) =>
        settle(shell, { reply, index: Number(index) }, decision),
      ),
    );
  outbound
    .command("blocked")
    .description(
      "Lists the apps that Gupshup or WhatsApp refuse: whose, why, since when, and when the next message tries. They open again by\nthemselves when that message gets through.",
    )
    .action(withShell(async (shell: Shell) => shell.show(await shell.store().listSendCircuits(), prettyCircuits)));
  outbound
    .command("unblock")
    .description("Lets messages through an app again at once, for an organization that has just mended it.")
    .argument("<organization>", "the organization's id")
    .argument("<app>", "the app's name in the list")
    .option("--yes", "does it")
    .action(
      withShell((shell: Shell, organizationId: string, appName: string, options: { yes?: boolean }) =>
        unblock(shell, { organizationId, appName }, options),
      ),
    );
}

function unknownSends(shell: Shell): Promise<UnknownSend[]> {
  return shell.store().listUnknownSends({ limit: MOST });
}

async function settle(shell: Shell, of: { reply: string; index: number }, options: Decision): Promise<void> {
  const decision = decisionOf(options);
  const send = (await unknownSends(shell)).find(({ replyId, index }) => replyId === of.reply && index === of.index);
  if (!send?.chat)
    throw new CliError(
      `No send of unknown end is message ${of.index} of reply ${of.reply}. skytide outbound unknown lists them.`,
    );
  if (decision === "resend" && send.state !== "held")
    throw new CliError("Outbound is still finding out about this send: it can be sent again once it is held.");
  if (!options.yes) shell.show({ ...send, decision }, (one) => `${prettySends([one])}\nwould be settled: ${decision}`);
  if (!isConfirmed(shell, options)) return;
  const { organizationId, replyId, index } = send;
  // Read before anything changes: what cannot be repeated is not promised.
  const reply = decision === "drop" ? null : await readReply(shell, send);
  await shell.audit({ action: `outbound.settle-${decision}`, organizationId, facts: { replyId, index } });
  const resolved = await shell.store().resolveUnknownSend({ organizationId, replyId, index, decision });
  if (resolved.kind === "refused") throw new CliError(`The send was settled meanwhile (${resolved.code}).`);
  if (reply) await giveBack(shell, reply, { ...send, chat: send.chat });
  shell.show({ replyId, index, decision }, () => `Message ${index} of reply ${replyId}: ${decision}.`);
}

function decisionOf({ sent, resend, drop }: Decision): "sent" | "resend" | "drop" {
  const given = (["sent", "resend", "drop"] as const).filter((name) => ({ sent, resend, drop })[name]);
  const [decision] = given;
  if (given.length !== 1 || decision === undefined)
    throw new CliError("Say exactly one of --sent, --resend and --drop.", { exitCode: 2 });
  return decision;
}

async function readReply(shell: Shell, { replyId, sequence }: UnknownSend): Promise<ReplyRequested> {
  const stored = sequence > 0 ? await (await shell.bus()).readMessage("CONVERSATIONS", sequence) : null;
  const parsed = parseEvent(stored?.json());
  if (parsed.kind !== "event" || parsed.event.type !== "reply.requested" || parsed.event.id !== replyId)
    throw new CliError("The reply is not on the log any more: all that is left is --drop.");
  return parsed.event;
}

/** To outbound alone, as a dead letter is given back: it tells what is settled, and checks again what speaks against sending the rest. */
async function giveBack(shell: Shell, reply: ReplyRequested, send: UnknownSend & { chat: string }): Promise<void> {
  const { organizationId, chat, sequence } = send;
  const letter: DeadLetter = {
    ...{ stage: "outbound", durable: "outbound", stream: "CONVERSATIONS", subject: reply.subject, sequence },
    ...{ publishedAt: reply.time, diedAt: new Date().toISOString(), organizationId, chat },
    ...{ eventId: reply.id, eventType: reply.type, errorClass: "retryable", code: "send-unknown" },
    ...{ attempts: Math.max(1, send.attempts), replay: false },
  };
  const subject = retrySubject("outbound", organizationId, chat);
  await (await shell.bus()).publishDeadLetter(subject, letter, randomEventId());
}

async function unblock(
  shell: Shell,
  of: { organizationId: string; appName: string },
  options: { yes?: boolean },
): Promise<void> {
  const matching = (await shell.store().listSendCircuits()).filter(
    ({ organizationId, appName }) => organizationId === of.organizationId && appName === of.appName,
  );
  if (matching.length === 0)
    throw new CliError("This app is not blocked. skytide outbound blocked lists those that are.");
  if (!options.yes) shell.show(matching, prettyCircuits);
  if (!isConfirmed(shell, options)) return;
  const { organizationId, appName } = of;
  await shell.audit({ action: "outbound.unblock", organizationId, facts: { app: appName } });
  shell.show(await shell.store().closeSendCircuit(of), () => `Messages go through ${appName} again.`);
}

function prettySends(sends: readonly UnknownSend[]): string {
  if (sends.length === 0) return "None.";
  return table(
    ["STATE", "SINCE", "ORGANIZATION", "REPLY", "MESSAGE", "TRIES"],
    sends.map(({ state, claimedAt, organizationId, replyId, index, attempts }) => [
      ...[state, claimedAt.slice(0, 19).replace("T", " "), organizationId, replyId, index, attempts],
    ]),
  );
}

function prettyCircuits(circuits: readonly SendCircuit[]): string {
  if (circuits.length === 0) return "None.";
  return table(
    ["ORGANIZATION", "", "APP", "WHY", "LOOK AT", "MESSAGES", "SINCE", "TRIES AGAIN", "REFUSALS"],
    circuits.map(({ organizationId, organizationName, appName, code, setting, waits, since, retryAt, failures }) => [
      ...[organizationId, organizationName, appName, code, setting, waits ? "wait" : "fail"],
      ...[since.slice(0, 19).replace("T", " "), retryAt.slice(0, 19).replace("T", " "), failures],
    ]),
  );
}
