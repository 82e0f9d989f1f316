/** What one check came to. `skipped` says in `seen` what is not there. */
export interface Row {
  check: string;
  result: "ok" | "failed" | "skipped";
  seconds: number;
  seen: string;
}

const HEAD = ["check", "result", "seconds", "seen"] as const;
const SEEN_WIDTH = 100;

/** The rows as lines of a table; what was seen goes on in lines of its own where it is long. */
export function toTable(rows: readonly Row[]): string {
  const cells = rows.map(({ check, result, seconds, seen }) => [check, result, seconds.toFixed(1), seen] as const);
  const widthOf = (column: 0 | 1 | 2) => Math.max(...[HEAD, ...cells].map((row) => row[column].length));
  const [first, second, third] = [widthOf(0), widthOf(1), widthOf(2)];
  const line = (row: readonly [string, string, string, string]) => {
    const start = `${row[0].padEnd(first)}  ${row[1].padEnd(second)}  ${row[2].padStart(third)}  `;
    const [text = "", ...more] = row[3].split("\n").flatMap(wrap);
    return [`${start}${text}`.trimEnd(), ...more.map((one) => `${" ".repeat(start.length)}${one}`)].join("\n");
  };
  const rule = "─".repeat(first + second + third + 6 + SEEN_WIDTH / 2);
  return [line(HEAD), rule, ...cells.map(line)].join("\n");
}

function wrap(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && last.length + word.length >= SEEN_WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}

/** One line that says how it went. */
export function summaryOf(rows: readonly Row[], seconds: number): string {
  const count = (result: Row["result"]) => rows.filter((row) => row.result === result).length;
  return `${count("ok")} ok, ${count("failed")} failed, ${count("skipped")} skipped, in ${seconds.toFixed(0)} s`;
}
