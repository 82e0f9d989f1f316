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
}

export interface Checks extends Health {
  /** Runs every check at once. */
  run(): Promise<{ ok: boolean; checks: Record<string, CheckResult> }>;
}

/** Creates the list of named checks of a stage. */
export function createChecks(): Checks {
  const checks = new Map<string, { check: HealthCheck; required: boolean }>();
  return {
    check: (name, check) => void checks.set(name, { check, required: true }),
    report: (name, check) => void checks.set(name, { check, required: false }),
    async run() {
      const results = await Promise.all(
        [...checks].map(async ([name, entry]) => [name, await runCheck(entry.check, entry.required)] as const),
      );
      const ok = results.every(([, result]) => result.ok || !result.required);
      return { ok, checks: Object.fromEntries(results) };
    },
  };
}

async function runCheck(check: HealthCheck, required: boolean): Promise<CheckResult> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const late = new Promise<never>((_, reject) => {
    const onTimeout = () => reject(new RetryableError("check-timeout", `no answer within ${CHECK_TIMEOUT_MS} ms`));
    signal.addEventListener("abort", onTimeout, { once: true });
  });
  try {
    const detail = await Promise.race([check(signal), late]);
    return { ok: true, required, ...(detail ? { detail } : {}) };
  } catch (error) {
    const { type, code, message } = toErrorFields(error);
    return { ok: false, required, detail: message ?? code ?? type };
  }
}
