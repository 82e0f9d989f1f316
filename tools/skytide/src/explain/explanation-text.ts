import type { Explanation } from "./explain-turn.ts";

/** An explanation as somebody reads it at night: from what came in to what became of the answer. */
export function explanationText(explained: Explanation): string {
  const { calls, decisions, delivery, leftToAPerson, read, said, states, tools, treatment } = explained;
  return [
    `Turn ${explained.turn ?? "–"} of ${explained.chat} (${explained.org})`,
    `${explained.at ?? "?"}  ${explained.outcome}${explained.durationMs === null ? "" : ` in ${explained.durationMs} ms`}`,
    ...(treatment === null ? [] : [`Treated by ${facts(treatment)}`]),
    ...section("Known at the beginning", explained.facts === null ? [] : [facts(explained.facts)]),
    ...section(
      "Read",
      read.map((message) => [message.at, message.kind, message.text, message.description].filter(Boolean).join("  ")),
    ),
    ...section("States", states.length === 0 ? [] : [states.join(" → ")]),
    ...section("Decided", decisions.flatMap(decisionLines)),
    ...section("Done", tools.flatMap(toolLines)),
    ...section("Asked of models", calls.map(callLine)),
    ...section(
      "Said",
      said.map(({ kind, text, choices }) => `${kind}: ${[text, ...choices].join(" | ")}`),
    ),
    ...section(
      "Left to a person",
      leftToAPerson.map(({ action, facts: about }) => `${action}  ${facts(about)}`),
    ),
    ...section(
      "What became of it",
      delivery.map(({ at, type, code }) => [at, type, code].filter(Boolean).join("  ")),
    ),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function decisionLines({ by, event, choice = {}, offered, refusals = [] }: Explanation["decisions"][number]): string[] {
  return [
    `${event} by ${by}  ${facts(choice)}`.trimEnd(),
    ...(offered === undefined ? [] : [`  of ${offered.join(", ")}`]),
    ...refusals.map((code) => `  an answer before was not taken: ${code}`),
  ];
}

function toolLines({
  tool,
  outcome,
  durationMs,
  asked = {},
  found,
  checks = [],
}: Explanation["tools"][number]): string[] {
  const count = found === undefined ? "" : `, found ${found}`;
  return [
    `${tool}: ${outcome}${count} in ${durationMs} ms  ${facts(asked)}`.trimEnd(),
    ...checks.map((check) => `  a text was not sent, it stated without ground: ${check}`),
  ];
}

function callLine({
  operation,
  model,
  prompt,
  inputTokens,
  cachedInputTokens,
  outputTokens,
  costUsd,
  durationMs,
}: Explanation["calls"][number]): string {
  const tokens = `${inputTokens} tokens in (${cachedInputTokens} cached), ${outputTokens} out`;
  const rest = [
    prompt && `prompt ${prompt}`,
    costUsd !== undefined && `$${costUsd.toFixed(6)}`,
    durationMs !== undefined && `${durationMs} ms`,
  ];
  return [operation, model, tokens, ...rest].filter(Boolean).join("  ");
}

function facts(record: Readonly<Record<string, unknown>>): string {
  return Object.entries(record)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
}
