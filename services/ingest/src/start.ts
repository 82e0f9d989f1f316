import { type Coordination, connectCoordination, type Limits } from "@skytide/coordination";
import { crashPoint, NotWell, runWorker, type StageContext } from "@skytide/stage";
import { createStore, SCHEMA_VERSION, type Store } from "@skytide/store";
import { createAdmission } from "./admission.ts";
import type { Config } from "./config.ts";
import { createConnectionDirectory } from "./connections.ts";
import { createHandler } from "./handler.ts";
import { keepConnectionsFresh } from "./keep-connections-fresh.ts";
import { createIngestMetrics, type IngestMetrics } from "./metrics.ts";
import { createRecorder } from "./recorder.ts";
import { runRelay } from "./relay.ts";
import { createServer } from "./server.ts";
import { createSourceList, parseSource } from "./sources.ts";

/** Starts the roles that the settings name; each registers its end on the context's stack. */
export async function start(context: StageContext<Config>): Promise<void> {
  const { config } = context;
  const store = createStore({
    url: config.SUPABASE_URL,
    serviceRoleKey: config.SUPABASE_SERVICE_ROLE_KEY,
    dependencies: context.metrics.dependencies,
  });
  const metrics = createIngestMetrics(context.metrics);
  context.guardDatabase(() => store.health(), SCHEMA_VERSION);
  if (config.INGEST_ROLES.has("recorder")) startRecorder(context, store, metrics);
  if (config.INGEST_ROLES.has("relay")) startRelay(context, store, metrics);
  if (config.INGEST_ROLES.has("webhook")) await startWebhook(context, store, metrics);
}

async function startWebhook(context: StageContext<Config>, store: Store, metrics: IngestMetrics): Promise<void> {
  const { config, bus, log, stack, health, clock } = context;
  const connections = createConnectionDirectory(() => store.listConnections());
  stack.use(keepConnectionsFresh({ connections, config, metrics, log, clock }));
  health.check(
    "connections",
    async () => {
      if (!connections.isLoaded()) throw new NotWell("the platform connections were not read yet");
    },
    "They come from the database and are asked for every few seconds: see the check database.",
  );
  const handle = createHandler({
    connections,
    publish: async (event) => {
      const published = await bus.publish(event, { deadlineMs: config.WEBHOOK_PUBLISH_MS });
      crashPoint("after_publish_before_ack", "webhook");
      return published;
    },
    publishOperation: (record) => bus.publishOperation(record.subject, record, record.id),
    hashKeys: config.CHAT_HASH_KEYS,
    secretRequired: config.WEBHOOK_SECRET_REQUIRED,
    admit: admissionOf(context),
    notificationApp: config.GUPSHUP_NOTIF_APP_NAME,
    notificationSecret: config.GUPSHUP_NOTIF_WEBHOOK_SECRET,
    metrics,
    log,
    clock,
  });
  const allowed = config.WEBHOOK_ALLOWED_SOURCES?.flatMap((text) => parseSource(text) ?? []);
  const server = createServer({
    maxBytes: config.WEBHOOK_MAX_BYTES,
    maxInFlight: config.WEBHOOK_MAX_IN_FLIGHT,
    trustedProxies: config.WEBHOOK_TRUSTED_PROXIES,
    isAllowedSource: allowed && createSourceList(allowed),
    handle,
    metrics,
    onError: (error) => log.error("webhook-failed", error),
  });
  stack.defer(() => server.close());
  const address = await server.listen({ host: config.GATEWAY_HOST, port: config.GATEWAY_PORT });
  log.event("webhook-listening", { port: Number(new URL(address).port) });
}

function admissionOf({ config, bus, log, metrics, stack }: StageContext<Config>) {
  const onRequest = metrics.dependencies.requests("redis");
  const limits = openWhenAsked(() => connectCoordination({ redisUrl: config.REDIS_URL, bus, onRequest }), stack);
  const onStoreAway = (error: unknown) => log.error("limits-not-shared", error);
  const common = { limits, onStoreAway, now: () => performance.now() };
  return {
    connection: createAdmission({ ...common, perSecond: config.WEBHOOK_CONNECTION_PER_SECOND }),
    total: createAdmission({ ...common, perSecond: config.WEBHOOK_TOTAL_PER_SECOND }),
  };
}

/** The shared limits, opened by the first who asks: webhooks are taken in also while Redis is away. */
function openWhenAsked(open: () => Promise<Coordination>, stack: AsyncDisposableStack): Pick<Limits, "take"> {
  let opening: Promise<Coordination> | undefined;
  stack.defer(async () => (await opening?.catch(() => undefined))?.close());
  return {
    async take(key, rate) {
      opening ??= open();
      const { limits } = await opening.catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return await limits.take(key, rate);
    },
  };
}

function startRelay({ config, bus, log, stack }: StageContext<Config>, store: Store, metrics: IngestMetrics): void {
  const stop = new AbortController();
  const running = runRelay(
    {
      claimOutbox: (of) => store.claimOutbox(of),
      markOutboxPublished: (ids) => store.markOutboxPublished(ids),
      publish: async (event) => {
        const published = await bus.publish(event);
        crashPoint("after_publish_before_ack", "relay");
        return published;
      },
      hashKeys: config.CHAT_HASH_KEYS,
      pollMs: config.RELAY_POLL_MS,
      metrics,
      log,
    },
    stop.signal,
  );
  stack.defer(async () => {
    stop.abort();
    await running;
  });
}

function startRecorder(context: StageContext<Config>, store: Store, metrics: IngestMetrics): void {
  const { config } = context;
  const record = createRecorder({
    recordEvents: (events) => store.recordEvents(events),
    batch: { size: config.RECORDER_BATCH, waitMs: config.RECORDER_WAIT_MS },
    metrics,
  });
  runWorker(context, {
    consumer: { stream: "CONVERSATIONS", durable: "recorder" },
    concurrency: config.CONCURRENCY ?? 2 * config.RECORDER_BATCH,
    deadlineMs: Number.POSITIVE_INFINITY,
    retryDurable: true,
    handler: async ({ event }) => {
      if (event === undefined || event.type === "reply.requested") return "skipped";
      await record(event);
      return "ok";
    },
  });
}
