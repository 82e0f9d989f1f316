/** One line of the result; `skipped` says in `seen` what is not there. */
interface Line {
  check: string;
  result: "ok" | "failed" | "skipped";
  seconds: number;
  seen: string;
}

/** Collects what was checked, and prints each line as it comes. */
export interface Report {
  /** Runs a check and keeps what it saw; a failure is kept and thrown on. */
  row<T extends { seen: string }>(
    check: string,
    work: () => Promise<T>,
  ): Promise<T extends { value: infer V } ? V : undefined>;
  skip(check: string, why: string): void;
  readonly lines: readonly Line[];
}

/** Starts an empty report. */
export function createReport(print: (line: string) => void): Report {
  const lines: Line[] = [];
  const add = (line: Line) => {
    lines.push(line);
    print(`${line.result.padEnd(7)} ${line.seconds.toFixed(1).padStart(6)} s  ${line.check}: ${line.seen}`);
  };
  return {
    lines,
    skip: (check, why) => add({ check, result: "skipped", seconds: 0, seen: why }),
    async row(check, work) {
      const began = performance.now();
      const took = () => (performance.now() - began) / 1_000;
      try {
        const done = await work();
        add({ check, result: "ok", seconds: took(), seen: done.seen });
        return ("value" in done ? done.value : undefined) as never;
      } catch (error) {
        add({ check, result: "failed", seconds: took(), seen: error instanceof Error ? error.message : String(error) });
        throw error;
      }
    },
  };
}
