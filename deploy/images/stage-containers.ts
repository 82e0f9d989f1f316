import type { Stage } from "@skytide/events";
import { freePort } from "../../tools/fleet/ports.ts";
import { composeService } from "./compose-file.ts";
import { type Container, type MountedImage, startContainer } from "./container.ts";
import { type Surroundings, untilAnswers } from "./surroundings.ts";

/** A stage that runs from its image. */
export interface StageContainer {
  stage: Stage;
  container: Container;
  adminUrl: string;
  readyMs: number;
  /** What compose asks, run inside; throws where it fails. */
  checkHealth(): Promise<void>;
}

/** Ports that a stage listens on beside the admin's, by its setting. */
const PORTS = { ingest: "GATEWAY_PORT", notifier: "NOTIFIER_PORT", brain: "BRAIN_PORT" } as const;

/** Starts a stage with compose's command, settings and user, and waits until it is ready. */
export async function startStageContainer(
  stage: Stage,
  image: MountedImage,
  around: Surroundings,
): Promise<StageContainer> {
  const admin = await freePort();
  const { command, environment, user, read_only, healthcheck } = composeService(stage, {
    ...around.where,
    "127.0.0.1:9090": `127.0.0.1:${admin}`,
  });
  if (!read_only || user !== "1000:1000")
    throw new Error(`docker-compose.yml no longer runs ${stage} read-only as uid 1000.`);
  const port =
    stage in PORTS ? { [PORTS[stage as keyof typeof PORTS]]: String(around.ports[stage as keyof typeof PORTS]) } : {};
  const began = performance.now();
  const container = await startContainer(image, {
    ...(command ? { command } : {}),
    user,
    env: {
      ...environment,
      SUPABASE_SERVICE_ROLE_KEY: around.database.serviceRoleKey,
      ADMIN_PORT: String(admin),
      ...port,
    },
    volumes: { "/keys": { host: around.keys } },
  });
  const adminUrl = `http://127.0.0.1:${admin}`;
  await untilAnswers(`${adminUrl}/readyz`, container);
  const [, ...check] = healthcheck?.test ?? [];
  return {
    stage,
    container,
    adminUrl,
    readyMs: performance.now() - began,
    checkHealth: async () => void (await container.exec(...check)),
  };
}

/** What a stage has in hand right now. */
export async function inHand({ adminUrl }: StageContainer): Promise<number> {
  const page = await (await fetch(`${adminUrl}/metrics`)).text();
  const values = [...page.matchAll(/^skytide_(?:inflight|webhook_in_flight)(?:\{[^}]*\})? ([\d.]+)/gm)].map(
    ([, value]) => Number(value),
  );
  return values.reduce((sum, value) => sum + value, 0);
}
