import { setTimeout } from "node:timers/promises";
import { connectCoordination } from "@skytide/coordination";
import { createGupshupClient, prepareMessage } from "@skytide/gupshup";
import { crashPoint, runStage, type StageContext } from "@skytide/stage";
import { createStore } from "@skytide/store";
import { type Config, configSchema } from "./config.ts";
import type { Deps, Policy } from "./deps.ts";
import { createGiveUp, createHandler } from "./handler.ts";
import { createOutboundMetrics } from "./metrics.ts";
import { createProvider } from "./provider.ts";
import { createReceiptsHandler } from "./receipts-handler.ts";
import { watchUnknownSends } from "./unknown-sends.ts";
import { startWorkers } from "./worker.ts";

await runStage({ stage: "outbound", schema: configSchema, start });

async function start(context: StageContext<Config>): Promise<void> {
  const { bus, config, health, log, stack } = context;
  const metrics = createOutboundMetrics(context.metrics);
  const store = createStore({ url: config.SUPABASE_URL, serviceRoleKey: config.SUPABASE_SERVICE_ROLE_KEY });
  context.guardDatabase(async () => `schema ${(await store.health()).schemaVersion}`);
  const coordination = await connectCoordination({ redisUrl: config.REDIS_URL, bus });
  stack.defer(() => coordination.close());
  health.check("coordination", () => coordination.check());
  const gupshup = createGupshupClient({ baseUrl: config.GUPSHUP_API_URL, timeoutMs: config.SEND_TIMEOUT_MS });
  const deps: Deps = {
    leases: coordination.leases,
    limits: coordination.limits,
    sends: { ...store, claim: store.claimSend, settle: store.settleSend },
    provider: createProvider(gupshup, { metrics, readMarkTimeoutMs: config.READ_MARK_TIMEOUT_MS }),
    replyBefore: async (subject, position) => {
      const before = await bus.readBefore(subject, position);
      return before && { replyId: before.event.id, publishedAt: before.publishedAt };
    },
    publish: async (event) => void (await bus.publish(event)),
    prepare: prepareMessage,
    now: context.clock,
    // An abort only ends the wait; who waited looks at the signal.
    wait: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
    crashPoint,
    metrics,
    log,
    policy: toPolicy(config),
  };
  watchUnknownSends({ list: store.listUnknownSends, metrics, log, stack });
  startWorkers(context, {
    reply: createHandler(deps),
    giveUp: createGiveUp(deps),
    receipt: createReceiptsHandler({ metrics, log }),
  });
}

function toPolicy(config: Config): Policy {
  return {
    uncertainWaitMs: config.SEND_UNCERTAIN_WAIT_MS,
    uncertainPollMs: config.SEND_UNCERTAIN_POLL_MS,
    receiptsFlowMs: config.SEND_RECEIPTS_FLOW_MS,
    orderWaitMs: config.SEND_ORDER_WAIT_MS,
    busyRetryMs: 500,
    throttleWaitMs: config.SEND_THROTTLE_WAIT_MS,
    numberPerSecond: config.SEND_NUMBER_PER_SECOND,
    pairPerMinute: config.SEND_PAIR_PER_MINUTE,
    pairBurst: config.SEND_PAIR_BURST,
  };
}
