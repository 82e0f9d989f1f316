/** When a fault strikes: counted over the calls that it concerns, never by chance, so that runs repeat. */
export interface FaultTiming {
  /** Strikes this many times and is gone; for ever when absent. */
  times?: number;
  /** Lets this many calls pass first. */
  after?: number;
  /** Strikes each n-th call only. */
  every?: number;
}
