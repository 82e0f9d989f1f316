import type { LiveFleet } from "./live-fleet.ts";

/** Something that goes wrong, and every alert that it must raise: no more and no fewer. */
export interface Outage {
  name: string;
  /** Why it cannot be planted here; undefined when it can. */
  whyNot?(live: LiveFleet): string | undefined;
  /** Real time for which it lasts. */
  lastsMs: number;
  plant(live: LiveFleet): Promise<void> | void;
  heal(live: LiveFleet): Promise<void> | void;
  expected: readonly string[];
}

/** Keeps a process from coming back: whatever the supervisor starts is killed. */
function holdDown(name: string): Pick<Outage, "plant" | "heal"> {
  let timer: NodeJS.Timeout | undefined;
  return {
    plant({ fleet }) {
      const { kill } = fleet.process(name);
      timer = setInterval(() => kill("SIGKILL"), 100);
    },
    heal: () => clearInterval(timer),
  };
}

export const OUTAGES: readonly Outage[] = [
  {
    name: "gupshup-down",
    lastsMs: 60_000,
    plant: (live) => live.faults("gupshup", [{ kind: "status", status: 503 }]),
    heal: (live) => live.faults("gupshup", []),
    expected: ["SkytideOutboundFailuresHigh"],
  },
  {
    name: "brain-stopped",
    lastsMs: 75_000,
    ...holdDown("brain"),
    expected: ["SkytideStageDown{stage=brain}", "SkytideTargetDown{job=skytide-brain}"],
  },
  {
    name: "disk-full",
    whyNot: ({ disk }) => (disk === undefined ? "there is no right to mount a small disk" : undefined),
    lastsMs: 60_000,
    plant: ({ disk }) => disk?.fill(),
    heal({ disk, fleet }) {
      disk?.free();
      // What the runbook says: the server stays frozen until it is started again.
      fleet.process("nats-server").kill("SIGKILL");
    },
    expected: ["SkytideNatsPublishFailing"],
  },
];
