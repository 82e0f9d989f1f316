import { HIDDEN } from "@skytide/events";

const TYPE_WIDTH = 24;

/** An event on one line for people: when, where on the log, what, whose conversation, and its facts as `name=value`. */
export function eventLine(
  { publishedAt, sequence }: { publishedAt: Date; sequence: number },
  event: Readonly<Record<string, unknown>>,
): string {
  const when = publishedAt.toISOString().replace("T", " ").slice(0, 23);
  const what = String(event.type).padEnd(TYPE_WIDTH);
  return `${when}  ${String(sequence).padStart(8)}  ${what}  ${String(event.chat)}  ${facts(event.data, "").join(" ")}`.trimEnd();
}

function facts(value: unknown, path: string): string[] {
  if (value === HIDDEN || value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object")) {
      const shown = value.filter((item) => item !== HIDDEN);
      return shown.length > 0 ? [`${path}=${shown.join(",")}`] : [];
    }
    return value.flatMap((item, index) => facts(item, `${path}[${index}]`));
  }
  if (typeof value === "object") {
    return Object.entries(value).flatMap(([name, field]) => facts(field, path ? `${path}.${name}` : name));
  }
  const text = String(value);
  return [`${path}=${/[\s"]/.test(text) ? JSON.stringify(text) : text}`];
}
