import type { Bus } from "@skytide/bus";
import { STAGES, type Stage } from "@skytide/events";
import { type DeadLetter, deadLetterSchema } from "@skytide/stage";
import { type Command, Option } from "commander";
import { CliError } from "./cli-error.ts";
import { moment, positive } from "./values.ts";

/** Which dead letters are meant. */
export interface DeadLetterFilter {
  stage?: Stage;
  org?: string;
  chat?: string;
  code?: string;
  since?: Date;
  sequence?: number;
}

/** A dead letter and where it stands in DEADLETTERS. */
export interface WaitingLetter {
  sequence: number;
  letter: DeadLetter;
}

/** The options that choose dead letters, the same for every command. */
export function withDeadLetterFilter(command: Command): Command {
  return command
    .addOption(new Option("--stage <stage>", "of one stage").choices(STAGES))
    .option("--org <id>", "of one organization")
    .option("--chat <chat>", "of one conversation")
    .option("--code <code>", "with one error code")
    .addOption(new Option("--since <moment>", "that died since 15m, 2h, 7d ago or an ISO time").argParser(moment))
    .option("--sequence <number>", "the one with this number", positive);
}

/** The dead letters that wait and that the filter means, oldest first; records of another version are left out and said. */
export async function readDeadLetters(
  bus: Bus,
  filter: DeadLetterFilter,
  note: (line: string) => void,
): Promise<WaitingLetter[]> {
  const { stage = "*", org = "*", chat = "*", code, since, sequence } = filter;
  const found: WaitingLetter[] = [];
  const filters = [`dead.${stage}.${org}.${chat}`];
  for await (const message of bus.follow({ stream: "DEADLETTERS", filters, from: "first" })) {
    const parsed = deadLetterSchema.safeParse(safeJson(() => message.json()));
    if (!parsed.success) {
      note(`${message.sequence}: no record that this version can read; show it with the nats command line.`);
      continue;
    }
    const letter = parsed.data;
    if (code !== undefined && letter.code !== code) continue;
    if (since !== undefined && new Date(letter.diedAt) < since) continue;
    if (sequence !== undefined && message.sequence !== sequence) continue;
    found.push({ sequence: message.sequence, letter });
  }
  return found;
}

/** Replaying or discarding everything by mistake is worse than typing one more word. */
export function demandFilter(filter: DeadLetterFilter & { all?: boolean }): void {
  const { stage, org, chat, code, since, sequence, all } = filter;
  if (all || [stage, org, chat, code, since, sequence].some((value) => value !== undefined)) return;
  throw new CliError("Say which: --sequence, --stage, --org, --chat, --code or --since; --all means every one.", {
    exitCode: 2,
  });
}

function safeJson(json: () => unknown): unknown {
  try {
    return json();
  } catch {
    // The schema refuses it.
    return undefined;
  }
}
