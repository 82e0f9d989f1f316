import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFleet } from "../fleet/fleet.ts";
import { playRolling } from "./rolling/play.ts";
import { findingsOf, pageOf } from "./rolling/report.ts";

const DEBOUNCE_MS = 400;
/** The pause of deploy/k8s/base/ingest/deployment.yaml. */
const PRE_STOP_MS = 5_000;
const NO_STAGES = { ingest: 0, media: 0, brain: 0, outbound: 0, notifier: 0 };

/** `npm run drill:rolling`: restarts every replica of every stage while customers write; exit code 1 when a message suffered. */
export async function runRolling(): Promise<void> {
  // Each process is watched for our own exit.
  process.setMaxListeners(50);
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-rolling-"));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const { PATH = "", HOME = "" } = process.env;
  const fleet = await startFleet({
    dataDir,
    ports: "free",
    // Few places, so that the busy organization's surplus waits in the processes and there is something to hand on.
    env: { PATH, HOME, DEBOUNCE_MS: String(DEBOUNCE_MS), CONCURRENCY: "4" },
    replicas: NO_STAGES,
    onProgress: ({ part, state, detail }) => {
      if (state === "down") console.log(`${part} is down: ${detail}`);
    },
  });
  stack.defer(() => fleet.stop());
  const report = await playRolling({
    fleet,
    replicas: 2,
    customers: 30,
    handOffs: 5,
    crowd: 16,
    preStopMs: PRE_STOP_MS,
    together: false,
    calmMs: 10_000,
    thinkMs: 8_000,
    note: (text) => console.log(text),
  });
  console.log(`\n${pageOf(report, DEBOUNCE_MS)}`);
  if (findingsOf(report).some(({ count }) => count > 0)) process.exitCode = 1;
}
