import type { Logger, Metrics } from "@skytide/telemetry";

/** So many messages in a row that the database could not serve open the circuit. */
const FAILURES_TO_OPEN = 5;
const PROBE_EVERY_MS = 1_000;
const PROBE_WITHIN_MS = 5_000;

/** Codes of `libs/store` for a database that is away or overloaded, not for a statement that it refuses. */
const AWAY = /^database-(?:http-(?:0|429|5\d\d)|pgrst00|08|53|57)/;

/** Open while the database is away: then the stage's consumers do not pull. */
export interface DatabaseCircuit {
  isOpen(): boolean;
  /** A message failed with this code. */
  failed(code: string): void;
  /** A message ended well. */
  succeeded(): void;
  /** How it is asked whether the database is back; without it the circuit stays closed. */
  probeWith(probe: () => Promise<unknown>): void;
  /** Called when it opens and when it closes. */
  onChange(listener: () => void): void;
  close(): void;
}

/** Creates the circuit of a stage's database. */
export function createDatabaseCircuit({ metrics, log }: { metrics: Metrics; log: Logger }) {
  const changed = metrics.dependencies.circuits("postgres");
  const listeners: (() => void)[] = [];
  let probe: (() => Promise<unknown>) | undefined;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let open = false;

  const change = (to: boolean) => {
    if (open === to) return;
    open = to;
    failures = 0;
    changed(to ? "open" : "closed", to ? "closed" : "open");
    log.event(to ? "database-circuit-opened" : "database-circuit-closed");
    for (const listener of listeners) listener();
  };
  const askLater = () => {
    timer = setTimeout(ask, PROBE_EVERY_MS);
    timer.unref();
  };
  const ask = () => {
    if (probe === undefined) return;
    const late = new Promise<never>((_, reject) => setTimeout(reject, PROBE_WITHIN_MS).unref());
    Promise.race([probe(), late]).then(() => change(false), askLater);
  };

  const circuit: DatabaseCircuit = {
    isOpen: () => open,
    failed(code) {
      if (open || probe === undefined || !AWAY.test(code)) return;
      failures += 1;
      if (failures < FAILURES_TO_OPEN) return;
      change(true);
      askLater();
    },
    succeeded() {
      failures = 0;
    },
    probeWith(wanted) {
      probe = wanted;
    },
    onChange: (listener) => void listeners.push(listener),
    close: () => clearTimeout(timer),
  };
  return circuit;
}
