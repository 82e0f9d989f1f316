import { RetryableError } from "@skytide/errors";

/** Sees whether the log takes what the stage writes: a full disk is neither an error nor a lost connection, only silence. */
export interface WriteWatch {
  confirmed(): void;
  failed(error: unknown): void;
  /** Failures since the last write that was confirmed. */
  unconfirmed(): number;
}

/** Creates the watch of one stage's writes. */
export function createWriteWatch(): WriteWatch {
  let count = 0;
  return {
    confirmed() {
      count = 0;
    },
    failed(error) {
      // What the log refuses it has at least read.
      if (error instanceof RetryableError) count += 1;
    },
    unconfirmed: () => count,
  };
}
