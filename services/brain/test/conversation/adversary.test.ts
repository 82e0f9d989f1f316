import { expect, test } from "vitest";
import { chart } from "../../src/conversation/index.ts";
import { EFFECT_KINDS } from "../../src/conversation/types.ts";
import { leafStates } from "./diagram.ts";
import { createInvariants } from "./invariants.ts";
import { walk } from "./walk.ts";

/** A conversation is long enough for several bookings, short enough to be asked about reminders now and then. */
const CHOICES = 250;
const CONVERSATIONS = 400;
/** Its limit on a machine that is busy with others; alone it takes seconds. */
const WALK_MS = 600_000;

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
