import type { FleetProgress } from "./fleet-types.ts";

/** Where progress is written. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface ProgressView {
  report(progress: FleetProgress): void;
  /** From here on every change is a line of its own. */
  settle(): void;
}

const MARKS: Record<FleetProgress["state"], string> = {
  starting: "…",
  ready: "✔",
  down: "✖",
  stopping: "…",
  stopped: "■",
  external: "→",
  note: "·",
};
const REFRESH_MS = 500;

interface Row {
  progress: FleetProgress;
  since: number;
  endedAt?: number;
}

/** Shows one line per part: redrawn in a terminal, one line per change elsewhere. */
export function createProgressView(output: Output, now: () => number = () => performance.now()): ProgressView {
  const rows = new Map<string, Row>();
  let redraws = output.isTTY === true;
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;

  const redraw = () => {
    const lines = [...rows.values()].map((row) => lineOf(row, now()).slice(0, (output.columns || 100) - 1));
    output.write(`${drawn > 0 ? `\u001b[${drawn}A` : ""}\u001b[J${lines.map((line) => `${line}\n`).join("")}`);
    drawn = lines.length;
  };
  return {
    report(progress) {
      const row = nextRow(rows.get(progress.part), progress, now());
      // A note does not replace what its part is doing.
      if (progress.state === "note" && redraws) rows.set(`${progress.part} note`, row);
      else rows.set(progress.part, row);
      if (!redraws) return void output.write(`${lineOf(row, now())}\n`);
      timer ??= setInterval(redraw, REFRESH_MS).unref();
      redraw();
    },
    settle() {
      clearInterval(timer);
      redraws = false;
      drawn = 0;
    },
  };
}

function nextRow(before: Row | undefined, progress: FleetProgress, at: number): Row {
  const goesOn = before !== undefined && (before.progress.state === "starting" || before.progress.state === "stopping");
  const since = goesOn ? before.since : at;
  return isUnderWay(progress) ? { progress, since } : { progress, since, endedAt: at };
}

function isUnderWay({ state }: FleetProgress): boolean {
  return state === "starting" || state === "stopping";
}

function lineOf({ progress, since, endedAt }: Row, at: number): string {
  const { part, state, detail } = progress;
  const seconds = ((endedAt ?? at) - since) / 1_000;
  const time = seconds >= 0.05 ? `${seconds.toFixed(1)} s` : "";
  const text = [state === "note" || state === "external" ? "" : state, detail].filter(Boolean).join(": ");
  return `  ${MARKS[state]} ${part.padEnd(12)} ${text}${time ? `  ${time}` : ""}`.trimEnd();
}
