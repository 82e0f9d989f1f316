import { type Bus, type BusStatus, connectBus, inboxPrefixOf } from "@skytide/bus";
import type { Stage } from "@skytide/events";
import type { Logger, Metrics } from "@skytide/telemetry";
import { countPublishes } from "./count-publishes.ts";
import type { StageSettings } from "./settings.ts";
import type { WriteWatch } from "./write-watch.ts";

/** Long enough for a nats-server that starts at the same time. */
const CONNECT_TIMEOUT_MS = 30_000;

interface BusDeps {
  stage: Stage;
  settings: StageSettings;
  log: Logger;
  metrics: Metrics;
  writes: WriteWatch;
  cancelled: AbortSignal | undefined;
}

/** Connects a stage to the log and counts what it does there; closed with `opening`. Gives up when `cancelled`. */
export async function openBus(
  opening: AsyncDisposableStack,
  { stage, settings, log, metrics, writes, cancelled }: BusDeps,
): Promise<Bus> {
  let connected = () => false;
  const { reconnects } = createBusMetrics(metrics, () => connected());
  let lost = false;
  const onStatus = ({ kind, code, operation, subject }: BusStatus) => {
    log.event("nats-status", { kind, code, operation, name: subject });
    if (kind === "disconnected" || kind === "stale") lost = true;
    if (kind !== "connected" || !lost) return;
    lost = false;
    reconnects.inc({});
  };
  log.event("waiting-for-nats");
  const connecting = connectBus({
    servers: settings.NATS_URL,
    name: stage,
    user: settings.NATS_USER,
    password: settings.NATS_PASSWORD,
    nkeySeed: settings.NATS_NKEY_SEED,
    credentialsFile: settings.NATS_CREDS,
    // The server lets a stage read its own replies alone.
    inboxPrefix: inboxPrefixOf(stage),
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    onStatus,
  });
  const bus = await Promise.race([connecting, rejectOn(cancelled)]);
  opening.defer(() => bus.drain());
  connected = bus.connected;
  return countPublishes(bus, stage, metrics, writes);
}

/** What is counted of the connection to NATS. */
export function createBusMetrics(metrics: Metrics, connected: () => boolean) {
  metrics.gauge({
    name: "skytide_nats_connected",
    help: "1 while the connection to NATS is up.",
    labels: {},
    collect: (gauge) => gauge.set({}, connected() ? 1 : 0),
  });
  return {
    reconnects: metrics.counter({
      name: "skytide_nats_reconnects_total",
      help: "Times the connection to NATS came back.",
      labels: {},
    }),
  };
}

function rejectOn(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
