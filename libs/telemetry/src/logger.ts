import { type Logger as PinoLogger, pino } from "pino";
import { toErrorFields } from "./error-fields.ts";
import { type LogFields, toLogFields } from "./log-fields.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A literal in the code: what happened is one of a closed list, never a sentence that was put together. */
type Literal<Name extends string> = string extends Name ? never : Name;

/** Writes lines of allow-listed fields; there is no way to log a sentence. */
export interface Logger {
  debug<Name extends string>(name: Literal<Name>, fields?: LogFields): void;
  event<Name extends string>(name: Literal<Name>, fields?: LogFields): void;
  warn<Name extends string>(name: Literal<Name>, fields?: LogFields): void;
  error<Name extends string>(name: Literal<Name>, error: unknown, fields?: LogFields): void;
  /** A logger that puts these fields on every line. */
  with(fields: LogFields): Logger;
  flush(): Promise<void>;
}

export interface LoggerOptions {
  service: string;
  stage: string;
  version: string;
  level: LogLevel;
  /** Where lines go instead of stdout. */
  destination?: { write(line: string): void };
}

type Root = Pick<PinoLogger, "debug" | "info" | "warn" | "error" | "flush">;
const eventName = /^[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*$/;

/** Creates the process's logger. */
export function createLogger(options: LoggerOptions): Logger {
  const root = pino(
    {
      level: options.level,
      base: { service: options.service, stage: options.stage, version: options.version },
      messageKey: "event",
      timestamp: pino.stdTimeFunctions.isoTime,
      // pino's own serializer would read an error-like object again.
      serializers: { err: (fields: unknown) => fields },
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
  return over(root, {});
}

function over(root: Root, always: LogFields): Logger {
  const write = (level: Exclude<LogLevel, "silent">, name: string, fields?: LogFields, more?: object) => {
    const line: object = { ...toLogFields({ ...always, ...fields }), ...more };
    root[level](line, eventName.test(name) ? name : "invalid-event-name");
  };
  return {
    debug: (name, fields) => write("debug", name, fields),
    event: (name, fields) => write("info", name, fields),
    warn: (name, fields) => write("warn", name, fields),
    error: (name, error, fields) => write("error", name, fields, { err: toErrorFields(error) }),
    with: (fields) => over(root, { ...always, ...fields }),
    flush: () => new Promise((resolve) => root.flush(() => resolve())),
  };
}
