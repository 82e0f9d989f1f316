import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import { ConfigError } from "./load-config.ts";

/** The process cannot start and a person can say why: its message is a sentence without a stack. */
export class StartError extends Error {
  override readonly name = "StartError";
}

const SPEAKING = [StartError, ConfigError, RetryableError, PermanentError, TenantConfigError];

/** What a person reads when a process does not start: a sentence where one is known, else the stack. */
export function toStartSentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (SPEAKING.some((type) => error instanceof type)) return error.message;
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === "EADDRINUSE") return `port ${port ?? "(unknown)"} is in use by another process`;
  return error.stack ?? error.message;
}
