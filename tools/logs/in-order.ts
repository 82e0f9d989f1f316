import type { LogLine } from "./log-line.ts";

/** Long enough for lines of one moment from several processes, too short to be noticed. */
const WINDOW_MS = 250;

/** Puts lines that come within a moment into the order of their times: every source prints process after process. */
export function inOrder(print: (line: LogLine) => void) {
  let held: LogLine[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const lines = held.toSorted((a, b) => a.time.localeCompare(b.time));
    held = [];
    for (const line of lines) print(line);
  };
  return {
    take(line: LogLine) {
      held.push(line);
      timer ??= setTimeout(flush, WINDOW_MS);
    },
    flush,
  };
}
