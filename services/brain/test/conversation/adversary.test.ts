import { describe, expect, test } from "vitest";
import { createChart } from "../../src/conversation/chart.ts";
import { chart } from "../../src/conversation/index.ts";
import { machine } from "../../src/conversation/machine.ts";
import { EFFECT_KINDS } from "../../src/conversation/types.ts";
import { leafStates } from "./diagram.ts";
import { createInvariants } from "./invariants.ts";
import { walk } from "./walk.ts";

/** A conversation is long enough for several bookings, short enough to be asked about reminders now and then. */
const CHOICES = 250;
const CONVERSATIONS = 400;
const WALK_MS = 120_000;

test(
  "whatever a model chooses 100,000 times, every effect keeps the invariants, and every state is reached",
  () => {
    const visited = new Set<string>();
    const effects = new Map<string, number>();
    let choices = 0;
    for (let seed = 1; seed <= CONVERSATIONS; seed += 1) {
      const check = createInvariants();
      walk({
        seed,
        choices: CHOICES,
        onStep(step) {
          check(step);
          if (step.event.type.startsWith("agent.")) choices += 1;
          if (step.snapshot !== step.before) for (const state of chart.states(step.snapshot)) visited.add(state);
          for (const { kind } of step.effects) effects.set(kind, (effects.get(kind) ?? 0) + 1);
        },
      });
    }
    expect(choices).toBeGreaterThanOrEqual(100_000);
    expect([...effects.keys()].sort()).toEqual([...EFFECT_KINDS].sort());
    for (const [kind, count] of effects) expect(count, kind).toBeGreaterThan(100);
    expect([...visited].sort()).toEqual(leafStates());
  },
  WALK_MS,
);

/** What each guard must not always answer: taken away, the walk meets the harm. */
const PROTECTING: Record<string, boolean> = {
  isYes: true,
  isNo: true,
  isOfferFresh: true,
  isAsShown: true,
  isAppointmentKnown: true,
  isServiceChanged: false,
  isServiceMissing: false,
  isAssessmentBookable: true,
  isNameMissing: false,
  hasSlot: true,
  foundSlots: true,
  hasNoAppointments: false,
  isConsentUnknown: true,
  isContactKnown: true,
  isProposalOfReply: false,
  mayNudge: true,
  isRaisedAlready: true,
  askedForPerson: true,
  isOwnEscalation: true,
  mayBeSaid: true,
  isAnswered: true,
  isNotBookable: false,
  needsAssessment: false,
  botIsOff: false,
  botIsOn: true,
};

describe("the walk notices when a guard is missing", () => {
  test.each(Object.entries(PROTECTING))(
    "%s",
    (guard, always) => {
      const weakened = createChart(machine.provide({ guards: { [guard]: () => always } }));
      const attempt = () => {
        for (let seed = 1; seed <= CONVERSATIONS; seed += 1) {
          walk({ chart: weakened, seed, choices: CHOICES, onStep: createInvariants() });
        }
      };
      expect(attempt).toThrow();
    },
    WALK_MS,
  );
});
