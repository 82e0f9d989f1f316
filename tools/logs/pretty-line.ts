import { stripVTControlCharacters } from "node:util";
import type { LogLine } from "./log-line.ts";
import { sayLine } from "./sentences.ts";
import { STAGES } from "./services.ts";

const RED = 31;
const YELLOW = 33;
const DIM = 2;
const OF_STAGE: Readonly<Record<string, number>> = { ingest: 36, media: 35, brain: 32, outbound: 34, notifier: 33 };
const STAGE_WIDTH = Math.max(...STAGES.map((name) => name.length)) + 2;
const WORDS_WIDTH = 68;

/** One line for people: when, who, what, and whose; ids stand last, to be copied. */
export function prettyLine(line: LogLine, color: boolean): string {
  const paint = (code: number | undefined, text: string) =>
    color && code !== undefined && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text;
  const { level, stage, time, fields } = line;
  const words = stripVTControlCharacters(sayLine(line));
  const loud = level === "error" || level === "fatal" ? RED : level === "warn" ? YELLOW : undefined;
  return [
    paint(DIM, clockOf(time)),
    paint(OF_STAGE[stage], processOf(line)) + " ".repeat(Math.max(0, STAGE_WIDTH - processOf(line).length)),
    paint(loud, words) + " ".repeat(Math.max(0, WORDS_WIDTH - words.length)),
    paint(DIM, ownerOf(fields)),
  ]
    .join(" ")
    .trimEnd();
}

/** The second replica is another process than the first: `brain-2`, of a pod the last part of its name. */
function processOf({ stage, from }: LogLine): string {
  const own = from?.split("-").at(-1);
  return own === undefined || own === stage || own === "1" ? stage : `${stage}-${own}`;
}

function clockOf(time: string): string {
  const at = new Date(time);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** What `skytide tail --chat` takes; an organization only where no conversation says more. */
function ownerOf({ conversation, org }: LogLine["fields"]): string {
  if (typeof conversation === "string") return conversation;
  return typeof org === "string" ? `org ${org}` : "";
}
