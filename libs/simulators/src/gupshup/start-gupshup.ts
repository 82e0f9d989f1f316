import type { FastifyInstance } from "fastify";
import { createCounts } from "../counts.ts";
import type { GupshupStats, SimulatorOptions } from "../simulators.ts";
import { DEMO_APPS, DEMO_CUSTOMERS, DEMO_STAFF } from "./apps.ts";
import { gupshupControlRoutes } from "./control-routes.ts";
import { createGupshupSimulator, type GupshupSimulator } from "./gupshup-simulator.ts";
import { liveStreamRoute } from "./live-stream.ts";
import { partnerRoutes } from "./partner-routes.ts";
import { gupshupRoutes } from "./routes.ts";
import { keepState } from "./saved-state.ts";
import { DEMO_TEMPLATES } from "./templates.ts";

/** The platform with its routes on the server. */
export interface StartedGupshup {
  simulator: GupshupSimulator;
  stats(): GupshupStats;
  clear(): void;
  stop(): void;
}

/** Creates the platform and registers its routes. */
export function startGupshup(
  server: FastifyInstance,
  options: SimulatorOptions,
  publicUrl: () => string,
): StartedGupshup {
  const simulator = createGupshupSimulator({
    apps: options.apps ?? DEMO_APPS,
    people: options.people ?? [...DEMO_CUSTOMERS, ...DEMO_STAFF],
    templates: options.templates ?? DEMO_TEMPLATES,
    webhookUrl: options.webhookUrl,
    webhookSecretHeader: options.webhookSecretHeader ?? "x-webhook-secret",
    webhookVersion: options.webhookVersion ?? 2,
    webhookTimeoutMs: options.webhookTimeoutMs ?? 10_000,
    redeliveryDelayMs: options.redeliveryDelayMs ?? 1000,
    receiptDelayMs: options.receiptDelayMs ?? 150,
    sendsPerSecond: options.sendsPerSecond ?? 80,
    now: () => new Date(),
    publicUrl,
  });
  const counts = { calls: createCounts(), sends: createCounts(), readMarks: createCounts(), typing: createCounts() };
  const stats = (): GupshupStats => ({
    calls: counts.calls.all(),
    sends: counts.sends.all(),
    readMarks: counts.readMarks.all().readMarks ?? 0,
    typing: counts.typing.all(),
    webhooks: simulator.parts.caller.stats(),
    defects: { ...simulator.parts.defects },
  });
  gupshupRoutes(server, simulator, counts);
  partnerRoutes(server, simulator);
  gupshupControlRoutes(server, simulator, stats);
  liveStreamRoute(server, simulator.parts.conversations);
  const saved = options.dataDir === undefined ? undefined : keepState(options.dataDir, simulator.parts);
  return {
    simulator,
    stats,
    clear: () => {
      simulator.clear();
      for (const count of Object.values(counts)) count.clear();
    },
    stop: () => {
      saved?.flush();
      simulator.stop();
    },
  };
}
