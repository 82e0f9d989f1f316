import { RetryableError } from "@skytide/errors";
import { toErrorFields } from "@skytide/telemetry";
import type { Health, HealthCheck } from "./stage-types.ts";

/** A probe waits at most this long for one check. */
const CHECK_TIMEOUT_MS = 2_000;

export interface CheckResult {
  ok: boolean;
  /** False: shown only. */
  required: boolean;
  detail?: string;
  /** What to do about it; with what is not well. */
  fix?: string;
}

export interface Checks extends Health {
  /** Runs every check at once. */
  run(): Promise<{ ok: boolean; checks: Record<string, CheckResult> }>;
}

/** Thrown by a check that knows what is wrong, in words without personal data, and perhaps better than its name what to do. */
export class NotWell extends Error {
  override readonly name = "NotWell";
  readonly fix: string | undefined;

  constructor(what: string, fix?: string) {
    super(what);
    this.fix = fix;
  }
}

interface Entry {
  check: HealthCheck;
  required: boolean;
  fix: string | undefined;
}

/** Creates the list of named checks of a stage. */
export function createChecks(): Checks {
  const checks = new Map<string, Entry>();
  return {
    check: (name, check, fix) => void checks.set(name, { check, required: true, fix }),
    report: (name, check, fix) => void checks.set(name, { check, required: false, fix }),
    async run() {
      const results = await Promise.all(
        [...checks].map(async ([name, entry]) => [name, await runCheck(entry)] as const),
      );
      const ok = results.every(([, result]) => result.ok || !result.required);
      return { ok, checks: Object.fromEntries(results) };
    },
  };
}

async function runCheck({ check, required, fix }: Entry): Promise<CheckResult> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const late = new Promise<never>((_, reject) => {
    const onTimeout = () => reject(new RetryableError("check-timeout", `no answer within ${CHECK_TIMEOUT_MS} ms`));
    signal.addEventListener("abort", onTimeout, { once: true });
  });
  try {
    const detail = await Promise.race([check(signal), late]);
    return { ok: true, required, ...(detail ? { detail } : {}) };
  } catch (error) {
    const todo = (error instanceof NotWell ? error.fix : undefined) ?? fix;
    return { ok: false, required, detail: saysOf(error), ...(todo ? { fix: todo } : {}) };
  }
}

function saysOf(error: unknown): string {
  if (error instanceof NotWell) return error.message;
  const { type, code, message } = toErrorFields(error);
  return message ?? code ?? type;
}
