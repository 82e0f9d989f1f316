export interface Semaphore {
  /** Runs the work as soon as a place is free. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** At most `places` pieces of work at a time, first come first served. */
export function createSemaphore(places: number): Semaphore {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    async run(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}
