import type { Bus, BusOptions } from "./types.ts";

/** Connects to the log. */
export async function connectBus(_options: BusOptions): Promise<Bus> {
  throw new Error("not there yet");
}
