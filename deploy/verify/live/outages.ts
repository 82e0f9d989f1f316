import { discardDeadLetters } from "./dead-letters.ts";
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
  /** What may still fire, or begin to, when it is over. */
  lingers: RegExp;
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

/** May come or stay after healing: late answers are given then, the budgets of hours remember, and the traffic has stopped. */
const AFTERWARDS = /^Skytide(ReplyLatency|TurnErrors|WebhookErrors|NoTraffic)/;

/** The outages in the order in which they are planted. */
export const OUTAGES: readonly Outage[] = [
  {
    name: "brain-stopped",
    // The consumers' gauges are the brain's own: while it is away the stage's alert stands for those of its backlog.
    lastsMs: 40_000,
    ...holdDown("brain"),
    expected: ["SkytideStageDown{stage=brain}", "SkytideTargetDown{job=skytide-brain}"],
    lingers: AFTERWARDS,
  },
  {
    name: "gupshup-down",
    lastsMs: 60_000,
    plant: (live) => live.faults("gupshup", [{ kind: "status", status: 503 }]),
    heal: (live) => live.faults("gupshup", []),
    expected: ["SkytideOutboundFailuresHigh", "SkytideRedeliveryHigh{stage=outbound}"],
    lingers: AFTERWARDS,
  },
  {
    name: "openai-down",
    lastsMs: 55_000,
    plant: (live) => live.faults("openai", [{ kind: "status", status: 500 }]),
    heal: (live) => live.faults("openai", []),
    expected: [
      "SkytideCircuitOpen{job=skytide-brain,dependency=openai}",
      "SkytideLlmErrorsHigh{model=gpt-4o}",
      "SkytideRedeliveryHigh{stage=brain}",
    ],
    lingers: AFTERWARDS,
  },
  {
    name: "sends-refused",
    lastsMs: 45_000,
    plant: (live) => live.faults("gupshup", [{ kind: "status", status: 400 }]),
    async heal(live) {
      await live.faults("gupshup", []);
      await discardDeadLetters(live);
    },
    expected: [
      "SkytideDeadLetterBurst{stage=outbound}",
      "SkytideDeadLetters{stage=outbound}",
      "SkytideOutboundFailuresHigh",
    ],
    lingers: AFTERWARDS,
  },
  {
    name: "database-away",
    // Long enough for what stalls to be told (5 + 5 minutes of the rules), shorter than an age of more than a minute takes.
    lastsMs: 65_000,
    ...holdDown("database"),
    expected: [
      "SkytideCircuitOpen{job=skytide-brain,dependency=postgres}",
      "SkytideCircuitOpen{job=skytide-ingest,dependency=postgres}",
      "SkytideConsumerStalled{consumer=debounce}",
      "SkytideConsumerStalled{consumer=recorder}",
      "SkytideRedeliveryHigh{stage=brain}",
    ],
    lingers: AFTERWARDS,
  },
  {
    name: "disk-full",
    whyNot: ({ disk }) => (disk === undefined ? "there is no right to mount a small disk" : undefined),
    lastsMs: 40_000,
    plant: ({ disk }) => disk?.fill(),
    heal({ disk, fleet }) {
      disk?.free();
      // What the runbook says: the server stays frozen until it is started again.
      fleet.process("nats-server").kill("SIGKILL");
    },
    expected: ["SkytideNatsPublishFailing{stage=ingest}", "SkytideNatsWriteFrozen", "SkytideWebhookErrorsFastBurn"],
    lingers: AFTERWARDS,
  },
];
