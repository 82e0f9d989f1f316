import type { CircuitState } from "@skytide/telemetry";

// A provider in trouble is left alone for a moment; long enough to matter, short beside a turn's deadline.
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 15_000;

/**
 * Stops calling a provider that fails. Closed: every call goes. After five calls in a row failed it opens: no call goes for
 * 15 s. Then half open: one call goes; its success closes the circuit, its failure opens it again.
 */
export interface Circuit {
  /** Null when a call may go, else how long to wait. A call that may go must end in `succeeded`, `failed` or `undecided`. */
  refusalMs(): number | null;
  succeeded(): void;
  failed(): void;
  /** The call ended without telling anything about the provider: its caller gave up. */
  undecided(): void;
}

export function createCircuit(
  options: { now?: () => number; onChange?: (to: CircuitState, from: CircuitState) => void } = {},
): Circuit {
  const now = options.now ?? (() => performance.now());
  let state: CircuitState = "closed";
  let failures = 0;
  let openUntil = 0;

  function become(next: CircuitState): void {
    if (next === state) return;
    const from = state;
    state = next;
    options.onChange?.(next, from);
  }

  function open(): void {
    openUntil = now() + OPEN_MS;
    become("open");
  }

  return {
    refusalMs() {
      if (state === "closed") return null;
      const waitMs = openUntil - now();
      if (state === "half_open" || waitMs > 0) return Math.max(1_000, Math.ceil(waitMs));
      become("half_open");
      return null;
    },
    succeeded() {
      failures = 0;
      become("closed");
    },
    failed() {
      failures += 1;
      if (state === "half_open" || failures >= FAILURES_TO_OPEN) open();
    },
    undecided() {
      if (state === "half_open") become("open");
    },
  };
}
