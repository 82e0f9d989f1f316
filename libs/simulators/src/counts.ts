/** Counters by name. */
export interface Counts {
  add(name: string, by?: number): void;
  all(): Record<string, number>;
  clear(): void;
}

/** Creates counters that start at nothing. */
export function createCounts(): Counts {
  const counts = new Map<string, number>();
  return {
    add: (name, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
    all: () => Object.fromEntries(counts),
    clear: () => counts.clear(),
  };
}
