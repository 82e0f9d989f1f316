import { describe, expect, test } from "vitest";
import { createChart } from "../../src/conversation/chart.ts";
import type { guards } from "../../src/conversation/guards.ts";
import { machine } from "../../src/conversation/machine.ts";
import { createInvariants } from "./invariants.ts";
import { walk } from "./walk.ts";

/** The harm that a missing guard does is met in one of these. */
const CHOICES = 250;
const CONVERSATIONS = 400;
const WALK_MS = 600_000;

/** What each guard must not always answer: taken away, the walk meets the harm. */
const PROTECTING: Partial<Record<keyof typeof guards, boolean>> = {
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
