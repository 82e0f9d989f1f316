import type { Exchange, Holder, Step } from "./exchanges.ts";

const NAME_OF: Readonly<Record<Holder, string>> = {
  provider: "",
  ingest: "ingest",
  media: "media",
  debounce: "debounce",
  brain: "brain",
  outbound: "outbound",
  whatsapp: "WhatsApp",
  customer: "customer",
};

/** An exchange as somebody reads it at night: when, how long since the line above, who had it, what happened. */
export function exchangeText({ turn, traceId, outcome, steps, answeredAfterMs, shares }: Exchange): string {
  const heading = [turn === null ? "No turn" : `Turn ${turn}`, outcome, traceId === null ? "" : `trace ${traceId}`];
  const [slowest] = shares;
  const sum =
    answeredAfterMs === null || slowest === undefined
      ? []
      : [
          `  answered after ${waitOf(answeredAfterMs)}: ${shares.map(({ by, ms }) => `${NAME_OF[by]} ${waitOf(ms)}`).join(", ")}`,
        ];
  return [heading.filter(Boolean).join("  "), ...steps.map(lineOf), ...sum].join("\n");
}

function lineOf({ at, ms, by, what, id }: Step, index: number): string {
  const since = index === 0 ? "" : `+${waitOf(ms)}`;
  return `  ${at.slice(0, 23).replace("T", " ")}  ${since.padStart(9)}  ${NAME_OF[by].padEnd(8)}  ${what}${id === undefined ? "" : `  ${id}`}`;
}

/** `41 ms`, `10.4 s`, `5 min`, `3 h`. */
function waitOf(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
