import { createJetStreamStore } from "./jetstream-store.ts";
import { createLeases } from "./leases.ts";
import { connectRedis } from "./redis-client.ts";
import { createRedisStore } from "./redis-store.ts";
import type { Coordination, CoordinationOptions } from "./types.ts";

/** Opens leases, journals and limits on Redis or, without an address, on JetStream. */
export async function connectCoordination({ redisUrl, bus, onRequest }: CoordinationOptions): Promise<Coordination> {
  const store =
    redisUrl === undefined ? createJetStreamStore(bus) : createRedisStore(await connectRedis(redisUrl, onRequest));
  const leases = createLeases(store);
  return {
    leases: { acquire: leases.acquire },
    journals: store.journals,
    limits: store.limits,
    check: store.check,
    async close() {
      leases.close();
      await store.close();
    },
  };
}
