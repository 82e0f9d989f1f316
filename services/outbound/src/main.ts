import { connectCoordination } from "@skytide/coordination";
import { createGupshupClient, createPartnerClient } from "@skytide/gupshup";
import { runStage, type StageContext } from "@skytide/stage";
import { createStore, SCHEMA_VERSION } from "@skytide/store";
import { type Config, configSchema } from "./config.ts";
import { createGiveUp, createHandler } from "./handler.ts";
import { createOutboundMetrics } from "./metrics.ts";
import { createReceiptsHandler } from "./receipts-handler.ts";
import { startTyping } from "./typing.ts";
import { createSendsWatch, watchSends } from "./watch-sends.ts";
import { wire } from "./wire.ts";
import { startWorkers } from "./worker.ts";

/** What to do when leases cannot be had. */
const COORDINATION =
  "Is Redis up at REDIS_URL? Without that setting leases are in NATS: see the checks above. Messages wait meanwhile.";

await runStage({ stage: "outbound", schema: configSchema, start });

async function start(context: StageContext<Config>): Promise<void> {
  const { bus, config, health, stack } = context;
  const metrics = createOutboundMetrics(context.metrics);
  const { dependencies } = context.metrics;
  const store = createStore({
    url: config.SUPABASE_URL,
    serviceRoleKey: config.SUPABASE_SERVICE_ROLE_KEY,
    dependencies,
  });
  context.guardDatabase(() => store.health(), SCHEMA_VERSION);
  const coordination = await connectCoordination({
    redisUrl: config.REDIS_URL,
    bus,
    onRequest: dependencies.requests("redis"),
  });
  stack.defer(() => coordination.close());
  health.check("coordination", () => coordination.check(), COORDINATION);
  const gupshup = createGupshupClient({
    baseUrl: config.GUPSHUP_API_URL,
    timeoutMs: config.SEND_TIMEOUT_MS,
    onRequest: dependencies.requests("gupshup"),
  });
  const deps = wire(context, { store, coordination, gupshup, metrics });
  const { listUnknownSends: listUnknown, listSendCircuits: listCircuits } = store;
  const look = createSendsWatch({ ...deps, listUnknown, listCircuits, orgBlocked: context.metrics.orgBlocked });
  watchSends(look, config.SEND_WATCH_MS, stack);
  if (config.GUPSHUP_PARTNER_TOKEN !== undefined) {
    const partner = createPartnerClient({
      baseUrl: config.GUPSHUP_PARTNER_URL,
      token: config.GUPSHUP_PARTNER_TOKEN,
      onRequest: dependencies.requests("gupshup"),
    });
    const typing = startTyping({
      ...{ limits: coordination.limits, metrics, hint: bus.hint, target: store.typingTarget },
      show: (request) => partner.showTyping({ ...request, signal: AbortSignal.timeout(config.SEND_TIMEOUT_MS) }),
      delayMs: config.TYPING_DELAY_MS,
    });
    stack.defer(() => typing.stop());
  }
  startWorkers(context, {
    reply: createHandler(deps),
    giveUp: createGiveUp(deps),
    receipt: createReceiptsHandler(deps),
  });
}
