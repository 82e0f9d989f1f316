import type { SqlResult } from "@skytide/embedded";

/** Wider cells are cut: a line should fit on a screen. */
const MAX_WIDTH = 60;

/** Draws a result as a table, or says how many rows were changed. */
export function drawResult({ rows, fields, affectedRows }: SqlResult): string {
  if (fields.length === 0) return affectedRows > 0 ? `${affectedRows} rows` : "done";
  const cells = rows.map((row) => fields.map((field) => toCell(row[field])));
  const widths = fields.map((field, column) => Math.max(field.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (values: readonly string[]) =>
    values
      .map((value, column) => value.padEnd(widths[column] ?? 0))
      .join(" | ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("-+-");
  return [line(fields), rule, ...cells.map(line), `(${rows.length} ${rows.length === 1 ? "row" : "rows"})`].join("\n");
}

function toCell(value: unknown): string {
  const text = value === null || value === undefined ? "" : toText(value);
  const flat = text.replaceAll(/\s*\n\s*/g, " ⏎ ");
  return flat.length > MAX_WIDTH ? `${flat.slice(0, MAX_WIDTH - 1)}…` : flat;
}

function toText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
