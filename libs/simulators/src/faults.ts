/** When a fault strikes: counted over the calls that it concerns, never by chance, so that runs repeat. */
export interface FaultTiming {
  /** Strikes this many times and is gone; for ever when absent. */
  times?: number | undefined;
  /** Lets this many calls pass first. */
  after?: number | undefined;
  /** Strikes each n-th call only. */
  every?: number | undefined;
}

/** The faults that are switched on at one simulator. */
export interface FaultBox<Fault extends FaultTiming & { kind: string }> {
  set(faults: readonly Fault[]): void;
  list(): readonly Fault[];
  /** Counts one call against every fault of these kinds that it concerns, and returns those that strike. */
  strike<Kind extends Fault["kind"]>(
    kinds: readonly Kind[],
    concerns?: (fault: Fault) => boolean,
  ): Extract<Fault, { kind: Kind }>[];
}

/** Creates an empty fault box. */
export function createFaultBox<Fault extends FaultTiming & { kind: string }>(): FaultBox<Fault> {
  let entries: { fault: Fault; seen: number; struck: number }[] = [];

  const strikes = (entry: (typeof entries)[number]): boolean => {
    entry.seen += 1;
    const { times = Number.POSITIVE_INFINITY, after = 0, every = 1 } = entry.fault;
    const turn = entry.seen - after;
    if (turn <= 0 || (turn - 1) % every !== 0 || entry.struck >= times) return false;
    entry.struck += 1;
    return true;
  };

  return {
    set: (faults) => {
      entries = faults.map((fault) => ({ fault, seen: 0, struck: 0 }));
    },
    list: () => entries.map((entry) => entry.fault),
    strike: <Kind extends Fault["kind"]>(kinds: readonly Kind[], concerns: (fault: Fault) => boolean = () => true) => {
      type Struck = Extract<Fault, { kind: Kind }>;
      const isOfKind = (fault: Fault): fault is Struck => (kinds as readonly string[]).includes(fault.kind);
      const struck: Struck[] = [];
      for (const entry of entries) {
        if (isOfKind(entry.fault) && concerns(entry.fault) && strikes(entry)) struck.push(entry.fault);
      }
      return struck;
    },
  };
}
