import { parse, stringify } from "yaml";

interface Group {
  interval?: string;
  rules: { expr: string; for?: string }[];
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
/** `[5m]`, `[1h:1m]` and `offset 1d`: the only places of an expression where Prometheus takes a duration. */
const WINDOW = /\[(\d+(?:ms|[smhdw])[^\]]*)\]|\boffset\s+(-?)(\w+)/g;

/**
 * A copy of a rule file in which time runs faster: windows, offsets, `for` and intervals are divided by the ratio. Recorded
 * names stay, although `rate5m` then looks at less, and so do thresholds: the fleet itself runs in real time, so an age of
 * more than 60 s takes an outage of 60 s.
 */
export function scaleRules(text: string, ratio: number): string {
  const file = parse(text) as { groups: Group[] };
  for (const group of file.groups) {
    if (group.interval !== undefined) group.interval = shorter(group.interval, ratio);
    for (const rule of group.rules) {
      rule.expr = rule.expr.replaceAll(WINDOW, (_, window: string | undefined, sign: string, offset: string) =>
        window === undefined
          ? `offset ${sign}${shorter(offset, ratio)}`
          : `[${window
              .split(":")
              .map((part) => (part === "" ? "" : shorter(part, ratio)))
              .join(":")}]`,
      );
      if (rule.for !== undefined) rule.for = shorter(rule.for, ratio);
    }
  }
  return stringify(file, { lineWidth: 0 });
}

function shorter(duration: string, ratio: number): string {
  const parts = [...duration.trim().matchAll(/(\d+)(ms|[smhdw])/g)];
  if (parts.map(([whole]) => whole).join("") !== duration.trim()) {
    throw new RangeError(`"${duration}" is not a duration of Prometheus`);
  }
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS], 0);
  return `${Math.round(ms / ratio)}ms`;
}
