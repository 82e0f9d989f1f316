import { setTimeout as pause } from "node:timers/promises";
import { parseEvent, randomEventId, retrySubject, withoutPersonalData } from "@skytide/events";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import {
  type DeadLetterFilter,
  demandFilter,
  readDeadLetters,
  type WaitingLetter,
  withDeadLetterFilter,
} from "../dead-letters.ts";
import { isConfirmed, type Shell, type WithShell } from "../shell.ts";
import { table } from "../table.ts";
import { positive } from "../values.ts";

interface Options extends DeadLetterFilter {
  all?: boolean;
  rate: number;
  showContent?: boolean;
  yes?: boolean;
}

/** `skytide dlq list|show|replay|discard`: what stages gave up on. */
export function registerDlq(program: Command, withShell: WithShell): void {
  const dlq = program.command("dlq").summary("dead letters: what stages gave up on");
  withDeadLetterFilter(dlq.command("list"))
    .description("Lists dead letters: which stage gave up on what, when and why. None of them holds what people wrote.")
    .action(withShell((shell: Shell, filter: DeadLetterFilter) => list(shell, filter)));
  dlq
    .command("show")
    .description("Shows one dead letter and the event it is about.")
    .argument("<sequence>", "its number in the list", positive)
    .option("--show-content", "shows messages, names and phones, and records who looked")
    .action(withShell((shell: Shell, sequence: number, options: Options) => show(shell, sequence, options)));
  withDeadLetterFilter(dlq.command("replay"))
    .description(
      "Gives dead letters back to the stage that gave up on them, and to nobody else. What a stage has done already it does not\ndo again, and a reply that is superseded or outside its window is not sent. One that fails again is a new dead letter.",
    )
    .option("--all", "every one")
    .option("--rate <letters>", "so many a second", positive, 5)
    .option("--yes", "does it")
    .action(withShell((shell: Shell, options: Options) => replay(shell, options)));
  withDeadLetterFilter(dlq.command("discard"))
    .description("Removes dead letters. The events themselves stay on the log as long as it keeps them.")
    .option("--all", "every one")
    .option("--yes", "does it")
    .action(withShell((shell: Shell, options: Options) => discard(shell, options)));
}

async function list(shell: Shell, filter: DeadLetterFilter): Promise<void> {
  shell.show(await readDeadLetters(await shell.bus(), filter, shell.note), pretty);
}

async function show(shell: Shell, sequence: number, { showContent }: Options): Promise<void> {
  const bus = await shell.bus();
  const [found] = await readDeadLetters(bus, { sequence }, shell.note);
  if (!found) throw new CliError(`There is no dead letter ${sequence}. skytide dlq list shows those that there are.`);
  const { letter } = found;
  if (showContent) {
    await shell.audit({ action: "dlq.show-content", organizationId: letter.organizationId, facts: { sequence } });
  }
  const original = await bus.readMessage(letter.stream, letter.sequence);
  const parsed = original === null ? null : parseEvent(original.json());
  const event = parsed?.kind === "event" ? (showContent ? parsed.event : withoutPersonalData(parsed.event)) : null;
  shell.show({ ...found, event }, () =>
    [
      JSON.stringify(letter, null, 2),
      event === null ? "The original is not on the log any more." : JSON.stringify(event, null, 2),
    ].join("\n"),
  );
}

async function replay(shell: Shell, options: Options): Promise<void> {
  const chosen = await choose(shell, options, "dlq.replay");
  if (chosen === null) return;
  const bus = await shell.bus();
  let replayed = 0;
  for (const { sequence, letter } of chosen) {
    if (shell.signal.aborted) break;
    const { stage, organizationId, chat } = letter;
    // A new id each time: the stream would swallow a second replay as a duplicate.
    await bus.publishDeadLetter(retrySubject(stage, organizationId, chat), letter, randomEventId(), {
      "Skytide-Replay-Of": String(sequence),
    });
    await bus.removeMessage("DEADLETTERS", sequence);
    replayed += 1;
    await pause(1_000 / options.rate, undefined, { signal: shell.signal }).catch(() => undefined);
  }
  shell.show({ replayed, left: chosen.length - replayed }, (done) => `${done.replayed} given back, ${done.left} left.`);
}

async function discard(shell: Shell, options: Options): Promise<void> {
  const chosen = await choose(shell, options, "dlq.discard");
  if (chosen === null) return;
  const bus = await shell.bus();
  for (const { sequence } of chosen) await bus.removeMessage("DEADLETTERS", sequence);
  shell.show({ discarded: chosen.length }, (done) => `${done.discarded} discarded.`);
}

/** The letters that are meant, once the person has confirmed and it stands on the audit lane; null when only shown. */
async function choose(shell: Shell, options: Options, action: string): Promise<WaitingLetter[] | null> {
  demandFilter(options);
  const chosen = await readDeadLetters(await shell.bus(), options, shell.note);
  if (!options.yes) shell.show(chosen, pretty);
  if (!isConfirmed(shell, options)) return null;
  const facts = { letters: chosen.length, ...factsOf(options) };
  await shell.audit({ action, organizationId: options.org, facts });
  return chosen;
}

function factsOf({ stage, chat, code, sequence }: DeadLetterFilter): Record<string, string | number> {
  const facts = { stage, chat, code, sequence };
  return Object.fromEntries(
    Object.entries(facts).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}

function pretty(letters: readonly WaitingLetter[]): string {
  if (letters.length === 0) return "None.";
  return table(
    ["NUMBER", "DIED", "STAGE", "CONSUMER", "CODE", "CLASS", "TRIES", "EVENT", "ORGANIZATION", "CONVERSATION"],
    letters.map(({ sequence, letter }) => [
      ...[sequence, letter.diedAt.slice(0, 19).replace("T", " "), letter.stage, letter.durable, letter.code],
      ...[letter.errorClass, letter.attempts, letter.eventType ?? letter.stream, letter.organizationId, letter.chat],
    ]),
  );
}
