import { setTimeout as delay } from "node:timers/promises";
import { RetryableError } from "@skytide/errors";
import { CallAbortedError } from "./call-aborted-error.ts";
import { createCircuit } from "./circuit.ts";
import type { CallOutcome, ModelOperation, ProviderOptions } from "./provider-options.ts";
import type { Usage } from "./usage.ts";

const TIMEOUT_MS = 20_000;
const TOTAL_MS = 45_000;
const MAX_RETRIES = 2;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 8_000;
// A longer wait is left to the redelivery of the message, which blocks nobody.
const MAX_WAIT_HERE_MS = 5_000;

interface Provider {
  name: "openai" | "gemini";
  options: ProviderOptions;
}

interface Answer {
  kind: string;
  usage: Usage;
}

/** Calls a provider: attempts with a time limit each, retries within a time limit for all, a circuit, one report per call. */
export function createProviderCall(provider: Provider) {
  const { options } = provider;
  const circuit = createCircuit(options.onCircuit ? { onChange: options.onCircuit } : {});

  async function attempts<T>(run: Run, signal: AbortSignal, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = performance.now() + (options.totalMs ?? TOTAL_MS);
    for (;;) {
      run.attempts += 1;
      try {
        return await attemptOnce(provider, deadline, signal, attempt);
      } catch (error) {
        const waitMs = waitBeforeRetry(error, run.attempts);
        const tried = run.attempts > (options.maxRetries ?? MAX_RETRIES);
        if (waitMs === null || tried || performance.now() + waitMs >= deadline) throw error;
        await delay(waitMs, undefined, { signal }).catch(() => {
          throw new CallAbortedError(signal);
        });
      }
    }
  }

  return async function call<T extends Answer>(
    operation: ModelOperation,
    signal: AbortSignal,
    attempt: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (signal.aborted) throw new CallAbortedError(signal);
    const refusalMs = circuit.refusalMs();
    if (refusalMs !== null) {
      throw new RetryableError(
        `${provider.name}-circuit-open`,
        `${provider.name} is failing, not called for a moment`,
        {
          retryAfterMs: refusalMs,
        },
      );
    }
    const run: Run = { startedAt: new Date(), start: performance.now(), attempts: 0 };
    const report = (outcome: CallOutcome, usage?: Usage) =>
      options.onCall?.({
        provider: provider.name,
        model: options.model,
        operation,
        outcome,
        startedAt: run.startedAt,
        durationMs: performance.now() - run.start,
        attempts: run.attempts,
        ...(usage ? { usage } : {}),
      });
    try {
      const answer = await attempts(run, signal, attempt);
      circuit.succeeded();
      report(outcomeOfAnswer(answer), answer.usage);
      return answer;
    } catch (error) {
      if (error instanceof RetryableError) circuit.failed();
      else if (error instanceof CallAbortedError) circuit.undecided();
      else circuit.succeeded();
      report(outcomeOfError(error));
      throw error;
    }
  };
}

interface Run {
  startedAt: Date;
  start: number;
  attempts: number;
}

async function attemptOnce<T>(
  provider: Provider,
  deadline: number,
  caller: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limitMs = Math.min(provider.options.timeoutMs ?? TIMEOUT_MS, Math.max(1, deadline - performance.now()));
  const limit = AbortSignal.timeout(Math.ceil(limitMs));
  try {
    return await attempt(AbortSignal.any([caller, limit]));
  } catch (thrown) {
    if (caller.aborted) throw new CallAbortedError(caller);
    if (limit.aborted) throw new RetryableError(`${provider.name}-timeout`, `${provider.name} did not answer in time`);
    throw thrown;
  }
}

function waitBeforeRetry(error: unknown, attempt: number): number | null {
  if (!(error instanceof RetryableError)) return null;
  const backoffMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
  const waitMs = error.retryAfterMs ?? backoffMs;
  return waitMs > MAX_WAIT_HERE_MS ? null : waitMs;
}

function outcomeOfAnswer(answer: Answer): CallOutcome {
  if (answer.kind === "refused" || answer.kind === "blocked") return "refused";
  return answer.kind === "invalid" ? "invalid_output" : "ok";
}

function outcomeOfError(error: unknown): CallOutcome {
  if (error instanceof CallAbortedError) return "aborted";
  if (!(error instanceof RetryableError)) return "error";
  if (error.code.endsWith("-timeout")) return "timeout";
  return error.code.endsWith("-rate-limited") ? "rate_limited" : "error";
}
