import type { StateCommitted } from "@skytide/events";

type History = StateCommitted["data"]["history"];
type Line = History[number];

const LINES_LIMIT = 14;
const LINE_CHARACTERS = 600;
/** A state is at most 16 KB; the snapshot and the ids taken in need the rest. */
const BYTES_LIMIT = 8_192;
/** Role, time and quotes of a line. */
const LINE_OVERHEAD = 64;

/** A line at most so long that a state stays a few kilobytes. */
export function cutLine<Cut extends { text: string }>(line: Cut): Cut {
  return { ...line, text: line.text.slice(0, LINE_CHARACTERS).toWellFormed() };
}

/** The short dialogue that the model reads: the last lines, each cut to a length, so that a state stays a few kilobytes. */
export function appendHistory(history: History, lines: readonly Line[]): History {
  const kept = lines.filter(({ text }) => text !== "").map(cutLine);
  return withinBytes([...history, ...kept].slice(-LINES_LIMIT));
}

/** A character may take four bytes: of such lines fewer are kept. */
function withinBytes(lines: History): History {
  let bytes = 0;
  const first = lines.findLastIndex((line) => {
    bytes += Buffer.byteLength(line.text) + LINE_OVERHEAD;
    return bytes > BYTES_LIMIT;
  });
  return lines.slice(first + 1);
}
