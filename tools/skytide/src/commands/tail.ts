import { setTimeout as pause } from "node:timers/promises";
import type { BusMessage } from "@skytide/bus";
import { type ConversationEvent, LANES, type Lane, parseEvent, withoutPersonalData } from "@skytide/events";
import { type Command, Option } from "commander";
import { CliError } from "../cli-error.ts";
import { eventLine } from "../event-line.ts";
import type { Shell, WithShell } from "../shell.ts";
import { moment, positive } from "../values.ts";

interface Options {
  org?: string;
  chat?: string;
  lane?: Lane[];
  type?: string[];
  since?: Date;
  fromSequence?: number;
  end?: boolean;
  rate?: number;
  showContent?: boolean;
}

const TOKEN = /^[A-Za-z0-9_-]+$/;

/** `skytide tail`: the events of conversations as they come, or again from a point on. */
export function registerTail(program: Command, withShell: WithShell): void {
  program
    .command("tail")
    .summary("conversation events as they come, or again from a point on")
    .description(
      "Prints conversation events: live, or from a time or sequence on. Reads beside the fleet: no consumer moves, nothing is\nacknowledged for anybody. What customers and staff wrote is hidden unless --show-content, which is recorded.",
    )
    .option("--org <id>", "one organization")
    .option("--chat <chat>", "one conversation, by its name in the log")
    .addOption(new Option("--lane <lanes...>", "only these lanes").choices(LANES.filter((lane) => lane !== "state")))
    .option("--type <types...>", "only these events: reply.sent, turn.failed …")
    .addOption(new Option("--since <moment>", "from 15m, 2h, 7d ago or an ISO time on").argParser(moment))
    .addOption(
      new Option("--from-sequence <number>", "from a sequence of CONVERSATIONS on")
        .argParser(positive)
        .conflicts("since"),
    )
    .option("--end", "stops at what is there now instead of going on")
    .option("--rate <events>", "at most so many a second", positive)
    .option("--show-content", "shows messages, names and phones, and records who looked")
    .action(withShell((shell: Shell, options: Options) => tail(shell, options)));
}

async function tail(shell: Shell, options: Options): Promise<void> {
  const filters = filtersOf(options);
  const bus = await shell.bus();
  if (options.showContent) {
    const { chat = "*", lane = [] } = options;
    await shell.audit({
      action: "tail.show-content",
      organizationId: options.org,
      facts: { chat, lanes: lane.join(",") },
    });
  }
  const live = options.end !== true;
  if (live) shell.note(`Waiting for ${filters.join(", ")}. Ctrl-C ends it.`);
  const from = fromOf(options);
  for await (const message of bus.follow({ stream: "CONVERSATIONS", filters, from, live, signal: shell.signal })) {
    if (!print(shell, options, message) || options.rate === undefined) continue;
    await pause(1_000 / options.rate, undefined, { signal: shell.signal }).catch(() => undefined);
  }
}

function filtersOf({ org = "*", chat = "*", lane = [] }: Options): string[] {
  for (const [name, value] of Object.entries({ org, chat })) {
    if (value !== "*" && !TOKEN.test(value))
      throw new CliError(`--${name} "${value}" cannot be a name in the log.`, { exitCode: 2 });
  }
  const lanes = lane.length > 0 ? lane : LANES.filter((one) => one !== "state");
  return lanes.map((one) => `conv.${org}.${chat}.${one}`);
}

function fromOf({ since, fromSequence, end }: Options) {
  if (since) return { time: since };
  if (fromSequence !== undefined) return { sequence: fromSequence };
  return end ? "first" : "new";
}

/** False when the event is not among those that were asked for. */
function print(shell: Shell, { type, showContent }: Options, message: BusMessage): boolean {
  const event = eventOf(message);
  if (type !== undefined && !type.includes(event?.type ?? "")) return false;
  if (event === null) {
    shell.note(`${message.sequence}: no event that this version can read`);
    return true;
  }
  const shown = showContent ? (event as unknown as Readonly<Record<string, unknown>>) : withoutPersonalData(event);
  shell.show({ sequence: message.sequence, ...shown }, () => eventLine(message, shown));
  return true;
}

function eventOf(message: BusMessage): ConversationEvent | null {
  try {
    const parsed = parseEvent(message.json());
    return parsed.kind === "event" ? parsed.event : null;
  } catch {
    // Not even JSON: said like any other that cannot be read.
    return null;
  }
}
