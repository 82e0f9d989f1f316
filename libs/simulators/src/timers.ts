/** Delayed work that ends with the simulator. */
export interface Timers {
  after(ms: number, work: () => void): void;
  /** Forgets everything that has not happened yet. */
  clear(): void;
}

/** Creates an empty set of timers. */
export function createTimers(): Timers {
  const pending = new Set<NodeJS.Timeout>();
  return {
    after: (ms, work) => {
      const timer = setTimeout(() => {
        pending.delete(timer);
        work();
      }, ms);
      pending.add(timer);
    },
    clear: () => {
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
    },
  };
}
