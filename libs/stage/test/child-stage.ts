import { type StageProcess, spawnStage } from "@skytide/testing";

const main = new URL("./fixtures/child-stage.ts", import.meta.url);

/** Starts the stage of fixtures/ as a process. */
export function startChildStage(natsUrl: string, env: Record<string, string> = {}): StageProcess {
  return spawnStage(main, { NATS_URL: natsUrl, ...env });
}
