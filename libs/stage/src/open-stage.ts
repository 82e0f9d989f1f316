import { readFileSync } from "node:fs";
import type { Stage } from "@skytide/events";
import { createLogger, createMetrics, createTracer, type Logger } from "@skytide/telemetry";
import { z } from "zod";
import { startAdminServer } from "./admin-server.ts";
import { type DatabaseProbe, guardDatabase } from "./guard-database.ts";
import { createChecks, NotWell } from "./health.ts";
import { deathOf } from "./life.ts";
import { loadConfig } from "./load-config.ts";
import { checkConnection, checkLog } from "./log-checks.ts";
import { createLogGauges } from "./log-gauges.ts";
import { watchServers } from "./nats-health.ts";
import { openBus } from "./open-bus.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { drainMsOf, type StageSettings, stageSettings } from "./settings.ts";
import type { StageContext, StageOptions } from "./stage-types.ts";
import { sayUnknown, type UnknownSetting, unknownSettings } from "./unknown-settings.ts";
import { createWriteWatch } from "./write-watch.ts";

/** What closing may take after the drain deadline. */
export const FLUSH_MS = 3_000;

/** A stage that runs in this process. */
export interface OpenStage {
  readonly log: Logger;
  readonly adminPort: number;
  /** How long `stop` lets what is in hand go on. */
  readonly drainMs: number;
  /** Resolves when the stage cannot go on. */
  readonly failed: Promise<void>;
  /** Drains and closes everything; answers whether that ended before the deadline. */
  stop(): Promise<{ inTime: boolean }>;
}

/** Opens a stage: settings, telemetry, admin server, log, then its own `start`. Closes what it opened when one of them fails. */
export async function openStage<Schema extends z.ZodObject>(
  options: StageOptions<Schema> & { cancelled?: AbortSignal },
): Promise<OpenStage> {
  const env = options.env ?? process.env;
  const config = loadConfig(options.schema, env);
  const settings = loadConfig(z.object(stageSettings), env);
  const opening = new AsyncDisposableStack();
  try {
    const base = await openBase(opening, options.stage, settings, options.cancelled);
    const context: StageContext<z.output<Schema>> = { ...base.context, config };
    reportSettings(context, unknownSettings(env));
    await options.start(context);
    readLogGauges(context, settings.NATS_MONITORING_URL);
    base.setPhase("ready");
    context.log.event("stage-ready", { port: base.adminPort });
    return {
      log: context.log,
      adminPort: base.adminPort,
      drainMs: base.drainMs,
      failed: base.failed,
      stop: () => drain(opening, base),
    };
  } catch (error) {
    await opening.disposeAsync();
    throw error;
  }
}

function reportSettings({ log, health }: StageContext<unknown>, unknown: readonly UnknownSetting[]): void {
  for (const { name } of unknown) log.warn("setting-unknown", { setting: name });
  health.report(
    "settings",
    async () => {
      if (unknown.length > 0) throw new NotWell(unknown.map(sayUnknown).join("; "));
    },
    "Correct or remove it; nothing reads it as it is. All settings: .env.example.",
  );
}

/** From the start of the work to its end: the gauges are this stage's view of the log. */
function readLogGauges(
  { stage, bus, metrics, log, clock, pipeline, stack }: StageContext<unknown>,
  monitoring: string | undefined,
): void {
  const stop = new AbortController();
  const consumers = () => [...pipeline.workers.values()].map(({ consumer }) => consumer);
  const reading = createLogGauges({ stage, bus, metrics, log, clock, consumers }).keepReading(stop.signal);
  const watching = watchServers(metrics, monitoring, stop.signal);
  stack.defer(async () => {
    stop.abort();
    await Promise.all([reading, watching]);
  });
}

type Phase = "starting" | "ready" | "draining";
type Base = Awaited<ReturnType<typeof openBase>>;

async function openBase(opening: AsyncDisposableStack, stage: Stage, settings: StageSettings, cancelled?: AbortSignal) {
  const { version, log, metrics } = createTelemetry(stage, settings);
  const failed = Promise.withResolvers<void>();
  const deadline = new AbortController();
  const checks = createChecks();
  const clock = () => new Date();
  const life: Pipeline["life"] = new Map();
  let phase: Phase = "starting";
  const fail = (code: string, error: unknown) => {
    if (phase !== "draining") log.error("stage-failed", error, { code });
    failed.resolve();
  };

  opening.defer(() => log.flush());
  const admin = await startAdminServer({
    host: settings.ADMIN_HOST,
    port: settings.ADMIN_PORT,
    metrics,
    deaths: () => deathsOf(life),
    async readiness() {
      const { ok, checks: results } = await checks.run();
      const ready = ok && phase === "ready";
      return { ready, status: phase === "ready" && !ok ? "not ready" : phase, stage, version, checks: results };
    },
  });
  opening.defer(() => admin.close());
  let connected = () => false;
  checkConnection(checks, () => connected());
  const writes = createWriteWatch();
  const bus = await openBus(opening, { stage, settings, log, metrics, writes, cancelled });
  connected = bus.connected;
  void bus.closed.then((error) => fail("nats-closed", error ?? new Error("the connection to NATS is closed")));
  checkLog(checks, { stage, bus, clock, unconfirmed: writes.unconfirmed });

  const tracer = createTracer({
    service: `skytide-${stage}`,
    version,
    langfuse: langfuseOf(settings),
    sampleRate: settings.LANGFUSE_SAMPLE_RATE,
    metrics,
  });
  opening.defer(() => tracer.shutdown(FLUSH_MS));
  const perOrganization = settings.ORG_CONCURRENCY;
  const pipeline = createPipeline({ stage, metrics, bus, log, clock, perOrganization, life });
  opening.defer(() => pipeline.misconfiguration.close());
  opening.defer(async () => pipeline.database.close());
  const stack = opening.use(new AsyncDisposableStack());
  const context = {
    stage,
    log,
    metrics,
    tracer,
    bus,
    stack,
    signal: deadline.signal,
    health: checks,
    guardDatabase: (probe: DatabaseProbe, wanted: string) =>
      guardDatabase({ stage, pipeline, health: checks }, probe, wanted),
    pipeline,
    clock,
    fail,
  };
  return {
    context,
    adminPort: admin.port,
    drainMs: drainMsOf(stage, settings),
    failed: failed.promise,
    deadline,
    setPhase: (next: Phase) => {
      phase = next;
    },
  };
}

function deathsOf(life: Pipeline["life"]): string[] {
  return [...life].flatMap(([durable, signs]) => {
    const death = deathOf(signs());
    return death === null ? [] : [`${durable}: ${death}`];
  });
}

async function drain(opening: AsyncDisposableStack, { context, deadline, drainMs, setPhase }: Base) {
  setPhase("draining");
  context.log.event("stage-draining", { delayMs: drainMs });
  const timer = setTimeout(() => {
    context.log.warn("drain-deadline");
    deadline.abort(new DOMException("the drain deadline has passed", "AbortError"));
  }, drainMs);
  // All at once: closing one after another would let a worker pull for as long as another one's turn takes.
  // What fails here fails again below, where it is told.
  await Promise.allSettled(context.pipeline.halts.map((halt) => halt()));
  await opening.disposeAsync();
  clearTimeout(timer);
  return { inTime: !deadline.signal.aborted };
}

function createTelemetry(stage: Stage, settings: StageSettings) {
  const manifest = z.object({ version: z.string() });
  const { version } = manifest.parse(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")));
  return {
    version,
    log: createLogger({ service: `skytide-${stage}`, stage, version, level: settings.LOG_LEVEL }),
    metrics: createMetrics({ version, ...(settings.SKYTIDE_COMMIT ? { commit: settings.SKYTIDE_COMMIT } : {}) }),
  };
}

function langfuseOf({ LANGFUSE_HOST, LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY }: StageSettings) {
  if (!LANGFUSE_HOST || !LANGFUSE_PUBLIC_KEY || !LANGFUSE_SECRET_KEY) return undefined;
  return { host: LANGFUSE_HOST, publicKey: LANGFUSE_PUBLIC_KEY, secretKey: LANGFUSE_SECRET_KEY };
}
