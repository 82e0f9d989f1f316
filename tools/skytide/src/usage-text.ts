import type { UsageRow } from "@skytide/store";
import { table } from "./table.ts";

/** The columns of the bill; whoever reads them by name is not hurt by a new one at the end. */
export const csvHeading =
  "organization_id,organization,time_zone,day,conversation,model,calls,input_tokens,cached_input_tokens,output_tokens,cost_usd,unpriced_calls";

/** One row of the bill; a cost that nobody knows is empty, not zero. */
export function csvLine(row: UsageRow): string {
  const names = [row.organizationId, row.organizationName, row.timezone, row.day ?? "", row.chat ?? "", row.model];
  const numbers = [row.calls, row.inputTokens, row.cachedTokens, row.outputTokens, costOf(row), row.unpricedCalls];
  return [...names.map(quoted), ...numbers].join(",");
}

/** RFC 4180; what a spreadsheet would take for a formula begins with an apostrophe. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function costOf({ usd }: UsageRow): string {
  return usd === null ? "" : usd.toFixed(9).replace(/0{1,7}$/, "");
}

/** Rows for people; a cost that nobody knows is said. */
export function usageTable(rows: readonly UsageRow[], by: "conversation" | "day" | "org"): string {
  if (rows.length === 0) return "No model was used in that time.";
  const dayed = by === "org" ? [] : ["DAY"];
  const chatted = by === "conversation" ? ["CONVERSATION"] : [];
  const headings = ["ORGANIZATION", ...dayed, ...chatted, "MODEL", "CALLS", "INPUT", "CACHED", "OUTPUT", "USD"];
  const lines = rows
    .toSorted((one, other) => one.organizationName.localeCompare(other.organizationName))
    .map((row) => [
      row.organizationName,
      ...dayed.map(() => row.day ?? ""),
      ...chatted.map(() => row.chat || "(none)"),
      ...[row.model, row.calls, row.inputTokens, row.cachedTokens, row.outputTokens],
      row.usd === null ? "no price" : row.usd.toFixed(6) + (row.unpricedCalls > 0 ? " in part" : ""),
    ]);
  return table(headings, lines);
}

interface Sum {
  calls: number;
  unpriced: number;
  usd: number;
  unpricedModels: ReadonlySet<string>;
}

/** What it all comes to, and what the sum leaves out. */
export function sumNote(
  { calls, unpriced, usd, unpricedModels }: Sum,
  { from, to }: { from: string; to: string },
): string {
  const sum = `${from} to ${to}: ${calls} calls, $${usd.toFixed(6)}.`;
  if (unpriced === 0) return sum;
  const models = [...unpricedModels].toSorted().join(", ");
  return `${sum} ${unpriced} of them had no price and are not in it: MODEL_PRICES named no ${models} when they were made.`;
}
