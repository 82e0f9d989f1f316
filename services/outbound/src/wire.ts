import { setTimeout } from "node:timers/promises";
import type { Coordination } from "@skytide/coordination";
import { parseEvent } from "@skytide/events";
import { type GupshupClient, prepareMessage } from "@skytide/gupshup";
import { crashPoint, type StageContext } from "@skytide/stage";
import type { Store } from "@skytide/store";
import type { Config } from "./config.ts";
import type { Policy } from "./deps.ts";
import type { LateDeps } from "./late-types.ts";
import type { OutboundMetrics } from "./metrics.ts";
import { createProvider } from "./provider.ts";
import { createRepeatWatch } from "./watch-repeats.ts";

interface Connections {
  store: Store;
  coordination: Coordination;
  gupshup: GupshupClient;
  metrics: OutboundMetrics;
}

const REPLIES = { durable: "outbound", stream: "CONVERSATIONS", subject: "conv.*.*.reply" };

/** Gives the rules what they need. */
export function wire(context: StageContext<Config>, { store, coordination, gupshup, metrics }: Connections): LateDeps {
  const { bus, config, log } = context;
  return {
    leases: coordination.leases,
    limits: coordination.limits,
    sends: { ...store, claim: store.claimSend, settle: store.settleSend },
    circuits: { report: store.reportSendRefusal },
    failedSends: { find: store.findSend, reopen: store.reopenSend },
    provider: createProvider(gupshup, { metrics, readMarkTimeoutMs: config.READ_MARK_TIMEOUT_MS }),
    replyBefore: async (subject, position) => {
      const before = await bus.readBefore("outbound", subject, position);
      return before && { replyId: before.event.id, publishedAt: before.publishedAt };
    },
    readReply: async (sequence) => {
      const stored = sequence > 0 ? await bus.readOriginal({ ...REPLIES, sequence }) : null;
      const parsed = parseEvent(stored?.json());
      if (stored === null || parsed.kind !== "event" || parsed.event.type !== "reply.requested") return null;
      return { event: parsed.event, publishedAt: stored.publishedAt };
    },
    publish: async (event) => void (await bus.publish(event)),
    prepare: prepareMessage,
    now: context.clock,
    // An abort only ends the wait; who waited looks at the signal.
    wait: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
    crashPoint,
    repeats: createRepeatWatch({
      ...{ sends: store, now: context.clock },
      onTwice: () => context.metrics.violated("duplicate_send"),
    }),
    metrics,
    log,
    policy: toPolicy(config),
  };
}

function toPolicy(config: Config): Policy {
  return {
    uncertainWaitMs: config.SEND_UNCERTAIN_WAIT_MS,
    uncertainPollMs: config.SEND_UNCERTAIN_POLL_MS,
    receiptsFlowMs: config.SEND_RECEIPTS_FLOW_MS,
    orderWaitMs: config.SEND_ORDER_WAIT_MS,
    busyRetryMs: 500,
    throttleWaitMs: config.SEND_THROTTLE_WAIT_MS,
    circuitPatienceMs: config.SEND_CIRCUIT_PATIENCE_MS,
    circuitPauseMs: config.SEND_CIRCUIT_PAUSE_MS,
    lateWaitMs: config.SEND_LATE_WAIT_MS,
    lateMatchMs: config.SEND_LATE_MATCH_MS,
    resends: config.SEND_RESENDS,
    numberPerSecond: config.SEND_NUMBER_PER_SECOND,
    pairPerMinute: config.SEND_PAIR_PER_MINUTE,
    pairBurst: config.SEND_PAIR_BURST,
  };
}
