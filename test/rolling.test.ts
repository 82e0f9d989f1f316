import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { playRolling } from "../tools/drill/rolling/play.ts";
import { findingsOf } from "../tools/drill/rolling/report.ts";
import { startFleet } from "../tools/fleet/fleet.ts";
import { refusedSubjects } from "./log-facts.ts";

// The long version, with two replicas and numbers, is `npm run drill:rolling`.
test("every stage is replaced while customers write: each message gets one answer, nothing waits for the ack wait", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-rolling-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const { PATH = "", HOME = "" } = process.env;
  const fleet = await startFleet({
    dataDir,
    ports: "free",
    env: { PATH, HOME, DEBOUNCE_MS: "300", CONCURRENCY: "4" },
    replicas: { ingest: 0, media: 0, brain: 0, outbound: 0, notifier: 0 },
  });
  onTestFinished(() => fleet.stop());
  const report = await playRolling({
    ...{ fleet, replicas: 1, customers: 6, handOffs: 1, crowd: 2 },
    ...{ together: true, preStopMs: 200, calmMs: 500, thinkMs: 800 },
    note: () => undefined,
  });
  expect(findingsOf(report).filter(({ count }) => count > 0)).toEqual([]);
  expect(report.replaced.map(({ stage }) => stage).sort()).toEqual([
    "brain",
    "ingest",
    "media",
    "notifier",
    "outbound",
  ]);
  expect(report.facts.received).toBeGreaterThan(15);
  expect(refusedSubjects(fleet)).toEqual([]);
}, 240_000);
