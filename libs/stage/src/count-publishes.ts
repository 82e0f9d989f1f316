import type { Bus } from "@skytide/bus";
import type { Stage } from "@skytide/events";
import type { Metrics } from "@skytide/telemetry";
import { toFailure } from "./failure.ts";
import type { WriteWatch } from "./write-watch.ts";

/** What is counted of publishes. */
export function createPublishMetrics(stage: Stage, metrics: Metrics) {
  return metrics.counter({
    name: "skytide_nats_publish_total",
    help: "Publishes to the log by outcome.",
    labels: { stage: [stage], outcome: ["ok", "duplicate", "refused", "timeout", "error"] },
  });
}

/** The same bus, with every publish and commit counted. */
export function countPublishes(bus: Bus, stage: Stage, metrics: Metrics, writes: WriteWatch): Bus {
  const total = createPublishMetrics(stage, metrics);
  const counted = async <Result>(
    work: Promise<Result>,
    duplicate: (result: Result) => "ok" | "duplicate" | "refused",
  ) => {
    try {
      const result = await work;
      writes.confirmed();
      total.inc({ stage, outcome: duplicate(result) });
      return result;
    } catch (error) {
      // A lost connection is another matter, and known.
      if (bus.connected()) writes.failed(error);
      total.inc({ stage, outcome: toFailure(error).reason === "timeout" ? "timeout" : "error" });
      throw error;
    }
  };
  const once = (result: { duplicate: boolean }) => (result.duplicate ? "duplicate" : "ok");
  return {
    ...bus,
    publish: (...call) => counted(bus.publish(...call), once),
    publishOperation: (...call) => counted(bus.publishOperation(...call), once),
    publishDeadLetter: (...call) => counted(bus.publishDeadLetter(...call), once),
    commit: (...call) => counted(bus.commit(...call), ({ kind }) => (kind === "committed" ? "ok" : "refused")),
    schedule: (...call) => counted(bus.schedule(...call), () => "ok"),
    fire: (...call) => counted(bus.fire(...call), () => "ok"),
  };
}
