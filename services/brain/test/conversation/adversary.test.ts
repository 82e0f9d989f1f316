import { describe, expect, test } from "vitest";
import { createChart } from "../../src/conversation/chart.ts";
import { chart } from "../../src/conversation/index.ts";
import { machine } from "../../src/conversation/machine.ts";
import { leafStates } from "./diagram.ts";
import { createInvariants } from "./invariants.ts";
import { walk } from "./walk.ts";

/** Any would do; with these the rarest breach is met early. */
const SEEDS = [12, 9, 10, 4, 8, 1, 2, 3];
const WALK_MS = 60_000;

test(
  "whatever events come, every effect keeps the invariants, and deep states are reached",
  () => {
    const visited = new Set<string>();
    const effects = new Map<string, number>();
    for (const seed of SEEDS.slice(0, 4)) {
      const check = createInvariants();
      walk({
        seed,
        steps: 4_000,
        onStep(step) {
          check(step);
          for (const state of chart.states(step.snapshot)) visited.add(state);
          for (const { kind } of step.effects) effects.set(kind, (effects.get(kind) ?? 0) + 1);
        },
      });
    }
    expect([...effects.keys()].sort()).toEqual([
      "book_appointment",
      "cancel_appointment",
      "check_availability",
      "confirm_appointment",
      "phrase_answer",
      "raise_escalation",
      "record_consent",
      "reschedule_appointment",
      "search_knowledge",
      "set_bot",
    ]);

    expect(effects.get("book_appointment")).toBeGreaterThan(20);
    for (const kind of ["cancel_appointment", "confirm_appointment", "reschedule_appointment"]) {
      expect(effects.get(kind), kind).toBeGreaterThan(5);
    }
    expect([...visited].sort()).toEqual(leafStates());
  },
  WALK_MS,
);

/** What would happen without it: each guard that protects an effect is taken away once. */
const GUARDS: Record<string, boolean> = {
  isYes: true,
  isNo: true,
  isOfferFresh: true,
  isAsShown: true,
  isAppointmentKnown: true,
  askedForPerson: true,
  isOwnEscalation: true,
  mayBeSaid: true,
  isAnswered: true,
  isNotBookable: false,
  needsAssessment: false,
  botIsOff: false,
};

describe("the walk notices when a guard is missing", () => {
  test.each(Object.entries(GUARDS))(
    "%s",
    (guard, always) => {
      const weakened = createChart(machine.provide({ guards: { [guard]: () => always } }));
      const attempt = () => {
        for (const seed of SEEDS) walk({ chart: weakened, seed, steps: 4_000, onStep: createInvariants() });
      };
      expect(attempt).toThrow();
    },
    WALK_MS,
  );
});
