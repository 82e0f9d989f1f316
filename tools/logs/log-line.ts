/** A line of a stage: what `libs/telemetry` writes, and which process wrote it where the source says so. */
export interface LogLine {
  level: string;
  time: string;
  stage: string;
  event: string;
  /** Pod or container. */
  from?: string;
  fields: Readonly<Record<string, unknown>>;
  /** As it was written. */
  raw: string;
}

/** What kubectl (`[pod/brain-7c9-x/brain] `) and docker compose (`brain-1  | `) put before a line. */
const PREFIX = /^(?:\[pod\/([^/\]]+)\/[^\]]+\] |([a-z0-9_.-]+) +\| )/;

/** Reads a line. What is no line of ours, such as the last words of a process that did not start, is an error at `lastTime`. */
export function parseLine(text: string, lastTime: string): LogLine | null {
  const prefix = PREFIX.exec(text);
  const raw = text.slice(prefix?.[0].length ?? 0);
  if (raw.trim() === "") return null;
  const from = prefix?.[1] ?? prefix?.[2];
  const source = from ? { from } : {};
  const fields = objectOf(raw);
  const { level, time, stage, event } = fields ?? {};
  if (fields !== null && [level, time, stage, event].every((value) => typeof value === "string")) {
    return { level, time, stage, event, fields, raw, ...source } as LogLine;
  }
  const speaker = from?.split("-", 1)[0] ?? "";
  return { level: "error", time: lastTime, stage: speaker, event: PLAIN, fields: { text: raw }, raw, ...source };
}

/** The event of a line that is no line of ours. */
export const PLAIN = "plain";

function objectOf(text: string): Record<string, unknown> | null {
  if (!text.startsWith("{")) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Half a line, or another program's: shown as it is.
    return null;
  }
}
