import { setTimeout as delay } from "node:timers/promises";
import { RetryableError } from "@skytide/errors";
import type { DependencyOutcome } from "@skytide/telemetry";
import { CallAbortedError } from "./call-aborted-error.ts";
import { type Circuit, createCircuit } from "./circuit.ts";
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

type Attempt<T> = (signal: AbortSignal) => Promise<T>;

interface Asked {
  operation: ModelOperation;
  /** The configured one unless given. */
  model?: string;
  signal: AbortSignal;
}

/** Organizations choose their models: one that does not exist, or is down, must not keep the others' calls back. */
const MAX_CIRCUITS = 64;

/** Calls a provider: attempts with a time limit each, retries within a time limit for all, a circuit per model, one report per call. */
export function createProviderCall(provider: Provider) {
  const circuitOf = createCircuits(provider.options);

  return async function call<T extends Answer>(asked: Asked, attempt: Attempt<T>): Promise<T> {
    const { operation, signal, model = provider.options.model } = asked;
    const circuit = circuitOf(model);
    if (signal.aborted) throw new CallAbortedError(signal);
    refuseIfOpen(provider, circuit);
    const run = startRun(provider, { operation, model });
    try {
      const answer = await withRetries(provider, run, signal, attempt);
      circuit.succeeded();
      run.report(outcomeOfAnswer(answer), answer.usage);
      return answer;
    } catch (error) {
      if (error instanceof RetryableError) circuit.failed();
      else if (error instanceof CallAbortedError) circuit.undecided();
      else circuit.succeeded();
      run.report(outcomeOfError(error));
      throw error;
    }
  };
}

function createCircuits({ onCircuit }: ProviderOptions): (model: string) => Circuit {
  const circuits = new Map<string, Circuit>();
  return (model) => {
    const key = circuits.has(model) || circuits.size < MAX_CIRCUITS ? model : "";
    const circuit = circuits.get(key) ?? createCircuit({ onChange: (to, from) => onCircuit?.(to, from, key) });
    circuits.set(key, circuit);
    return circuit;
  };
}

function refuseIfOpen({ name }: Provider, circuit: Circuit): void {
  const retryAfterMs = circuit.refusalMs();
  if (retryAfterMs === null) return;
  throw new RetryableError(`${name}-circuit-open`, `${name} is failing, not called for a moment`, { retryAfterMs });
}

interface Run {
  attempts: number;
  report(outcome: CallOutcome, usage?: Usage): void;
}

function startRun(
  { name, options }: Provider,
  { operation, model }: { operation: ModelOperation; model: string },
): Run {
  const startedAt = new Date();
  const start = performance.now();
  return {
    attempts: 0,
    report(outcome, usage) {
      options.onCall?.({
        provider: name,
        model,
        operation,
        outcome,
        startedAt,
        durationMs: performance.now() - start,
        attempts: this.attempts,
        ...(usage ? { usage } : {}),
      });
    },
  };
}

async function withRetries<T>(provider: Provider, run: Run, signal: AbortSignal, attempt: Attempt<T>): Promise<T> {
  const { totalMs = TOTAL_MS, maxRetries = MAX_RETRIES } = provider.options;
  const deadline = performance.now() + totalMs;
  for (;;) {
    run.attempts += 1;
    try {
      return await attemptOnce(provider, deadline, signal, attempt);
    } catch (error) {
      const waitMs = waitBeforeRetry(error, run.attempts);
      if (waitMs === null || run.attempts > maxRetries || performance.now() + waitMs >= deadline) throw error;
      await delay(waitMs, undefined, { signal }).catch(() => {
        throw new CallAbortedError(signal);
      });
    }
  }
}

async function attemptOnce<T>(
  provider: Provider,
  deadline: number,
  caller: AbortSignal,
  attempt: Attempt<T>,
): Promise<T> {
  const limitMs = Math.min(provider.options.timeoutMs ?? TIMEOUT_MS, Math.max(1, deadline - performance.now()));
  const limit = AbortSignal.timeout(Math.ceil(limitMs));
  const start = performance.now();
  const told = (outcome: DependencyOutcome) => provider.options.onRequest?.(outcome, performance.now() - start);
  try {
    const answer = await attempt(AbortSignal.any([caller, limit]));
    told("ok");
    return answer;
  } catch (thrown) {
    if (caller.aborted) throw new CallAbortedError(caller);
    const error = limit.aborted
      ? new RetryableError(`${provider.name}-timeout`, `${provider.name} did not answer in time`)
      : thrown;
    told(requestOutcomeOf(error));
    throw error;
  }
}

function waitBeforeRetry(error: unknown, attempt: number): number | null {
  if (!(error instanceof RetryableError)) return null;
  const backoffMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
  const waitMs = error.retryAfterMs ?? backoffMs;
  return waitMs > MAX_WAIT_HERE_MS ? null : waitMs;
}

/** By the codes of `openai-error.ts` and `gemini-error.ts`. */
function requestOutcomeOf(error: unknown): DependencyOutcome {
  const code = error instanceof RetryableError ? error.code : "";
  if (code.endsWith("-timeout")) return "timeout";
  if (code.endsWith("-rate-limited") || code.endsWith("-quota")) return "rate_limited";
  if (code.endsWith("-unreachable")) return "network";
  return code.endsWith("-unavailable") || code.endsWith("-broken-reply") ? "server_error" : "client_error";
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
