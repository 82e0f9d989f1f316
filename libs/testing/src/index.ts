import { test as base } from "vitest";
import { databaseFixture } from "./database-fixture.ts";
import { busFixture, natsFixture } from "./nats-fixture.ts";
import { postgresFixture } from "./postgres-fixture.ts";
import { redisFixture } from "./redis-fixture.ts";
import { simulatorsFixture } from "./simulators-fixture.ts";
import { stackFixture } from "./stack-fixture.ts";

export {
  buildEvent,
  messageReceived,
  newConversation,
  replyRequested,
  stateCommitted,
  type TestConversation,
} from "./builders.ts";
export { checkEvents, type EventCheck } from "./check-events.ts";
export { crashOnceAt } from "./crash-once.ts";
export type { TestDatabase } from "./database-fixture.ts";
export { demo } from "./demo.ts";
export { freePort } from "./free-port.ts";
export { type NatsOnSmallDisk, natsOnSmallDisk, smallDiskMissing } from "./full-disk.ts";
export { MACHINE_ENV } from "./machine-env.ts";
export { natsSaying } from "./older-nats.ts";
export type { TestPostgres } from "./postgres-fixture.ts";
export { type RestartableNats, restartableNats } from "./restartable-nats.ts";
export { STAGE_ENV, type StageProcess, spawnStage, startStage } from "./stage-process.ts";
export { type SwitchableProxy, switchableProxy } from "./switchable-proxy.ts";
export { until } from "./until.ts";

/** vitest's `test` with the fleet's surroundings as fixtures: each is started once per test file, and only when asked for. */
export const test = base
  .extend("nats", { scope: "file" }, natsFixture)
  .extend("bus", { scope: "file" }, busFixture)
  .extend("stack", stackFixture)
  .extend("redisUrl", { scope: "file" }, redisFixture)
  .extend("simulators", { scope: "file" }, simulatorsFixture)
  .extend("database", { scope: "file" }, databaseFixture)
  .extend("postgres", { scope: "file" }, postgresFixture);
