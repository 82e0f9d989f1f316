import type { StateCommitted } from "@skytide/events";

type History = StateCommitted["data"]["history"];
type Line = History[number];

const LINES_LIMIT = 14;
const LINE_CHARACTERS = 600;

/** The short dialogue that the model reads: the last lines, each cut to a length, so that a state stays a few kilobytes. */
export function appendHistory(history: History, lines: readonly Line[]): History {
  const kept = lines
    .filter(({ text }) => text !== "")
    .map((line) => ({ ...line, text: line.text.slice(0, LINE_CHARACTERS) }));
  return [...history, ...kept].slice(-LINES_LIMIT);
}
