import { createBus } from "./bus.ts";
import { openConnection } from "./connection.ts";
import type { Bus, BusOptions } from "./types.ts";

/** Connects to the log. Throws RetryableError `log-unreachable` or PermanentError `log-refused`. */
export async function connectBus(options: BusOptions): Promise<Bus> {
  return createBus(await openConnection(options));
}
