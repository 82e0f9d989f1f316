import type { Coordination, CoordinationOptions } from "./types.ts";

/** Opens leases, journals and limits on Redis or on JetStream. */
export async function connectCoordination(_options: CoordinationOptions): Promise<Coordination> {
  throw new Error("not there yet");
}
