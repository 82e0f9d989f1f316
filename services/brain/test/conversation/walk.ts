import type { Chart } from "../../src/conversation/chart.ts";
import {
  type ChartEvent,
  chart,
  type Effect,
  type Reply,
  type Said,
  type Snapshot,
  type TurnFacts,
} from "../../src/conversation/index.ts";
import { opened } from "../../src/conversation/machine.ts";
import { appointmentOn, type FreeSlot, facts, laura, services } from "./aurora.ts";

import {
  anyEvent,
  createRandom,
  ESCALATION,
  HELPFUL_LINES,
  legalEvent,
  NO_LINES,
  OTHER_LINES,
  outputFor,
  PERSON_LINES,
  YES_LINES,
} from "./walk-moves.ts";

/** One step of a walk, as its observer sees it. */
export interface WalkStep {
  before: Snapshot;
  event: ChartEvent;
  snapshot: Snapshot;
  effects: Effect[];
  replies: Reply[];
  facts: TurnFacts;
  /** What the customer said in this turn. */
  said: Said | null;
  /** The last availability and when the database said so. */
  available: { serviceId: string; slots: FreeSlot[]; at: number } | null;
}

interface Walk {
  chart?: Chart;
  seed: number;
  /** How many times the adversary chooses for the model. */
  choices: number;
  onStep(step: WalkStep): void;
}

/** Walks one conversation with an adversary in the model's place: any event at any time, half of them sensible so that it gets deep. */
export function walk({ chart: walked = chart, seed, choices, onStep }: Walk): void {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const chance = (share: number) => random() < share;
  let snapshot = walked.initial();
  let pending: Effect[] = [];
  let now = Date.parse("2026-11-22T19:05:00Z");
  let turn = 0;
  let today = facts();
  let said: Said | null = null;
  let buttons: string[] = [];
  let appointments: TurnFacts["appointments"] = [];
  const contact = chance(0.5) ? laura : null;
  let available: WalkStep["available"] = null;

  function take(event: ChartEvent): void {
    const before = snapshot;
    const step = walked.step(before, event);
    snapshot = step.snapshot;
    if (walked.waiting(snapshot)) pending = [];
    else if (step.effects.length > 0) pending = step.effects;
    for (const { message } of step.replies) buttons.push(...payloadsOf(message));
    buttons = buttons.slice(-40);
    onStep({ before, event, snapshot, effects: step.effects, replies: step.replies, facts: today, said, available });
  }

  /** What staff may do to an appointment while the customer writes. */
  function meanwhile(one: TurnFacts["appointments"][number]) {
    if (chance(0.2)) return { ...one, status: "confirmada" };
    if (chance(0.15)) return { ...one, serviceId: services.whitening.id, serviceName: services.whitening.name };
    return chance(0.3) ? { ...one, date: "2026-12-02", startsAt: one.startsAt.replace(one.date, "2026-12-02") } : one;
  }

  function beginTurn(): void {
    turn += 1;
    said = null;
    now += chance(0.1) ? 40 * 60_000 : 60_000;
    if (chance(0.15)) appointments = OWN_APPOINTMENTS.filter(() => chance(0.6)).map(meanwhile);
    today = facts({
      turnId: `turn-${seed}-${turn}`,
      now: new Date(now).toISOString(),
      botEnabled: !chance(0.03),
      contact,
      services: SERVICES,
      consent: chance(0.8) ? null : "opt_in",
      openEscalation: chance(0.3) ? ESCALATION : null,
      appointments,
    });
    take({ type: "turn.began", facts: today });
    if (chance(0.1)) take(pick<ChartEvent>([{ type: "bot.paused" }, { type: "bot.resumed" }]));
    if (chance(0.1)) {
      const escalationId = pick([ESCALATION, "forged"]);
      take({ type: pick(["escalation.notified", "escalation.failed"] as const), escalationId });
    }
    if (chance(0.05)) take({ type: "reply.failed", turnId: `turn-${seed}-${turn - 1}` });
    if (chance(0.05)) take({ type: "customer.silent" });
  }

  function say(): void {
    const asked = chart.states(snapshot).join();
    const lines = chance(0.7)
      ? [pick(HELPFUL_LINES[asked] ?? YES_LINES)]
      : [pick([...OTHER_LINES, ...NO_LINES, ...PERSON_LINES])];
    if (chance(0.15)) lines.push(pick([...OTHER_LINES, ...YES_LINES]));
    const tap =
      chance(0.12) && buttons.length > 0
        ? pick([...buttons.slice(-8), pick(buttons), "yes:forged", "slot:forged"])
        : null;
    const messages: Said["messages"] =
      tap === null
        ? lines.map((text, index) => ({ id: `${turn}-${index}`, kind: "text", text }))
        : [{ id: `${turn}`, kind: "tap", text: "Sí, por favor", tapPayload: tap }];
    if (chance(0.05)) messages[0] = { id: "image", kind: "media", mediaType: "image", text: "sí, confirmo" };
    said = { text: messages.map(({ text }) => text).join("\n"), messages, at: today.now };
    take({ type: "customer.said", said });
  }

  function answerEffect(effect: Effect): void {
    if (chance(0.1)) {
      take(
        pick<ChartEvent>([
          { type: "effect.failed", id: effect.id, code: "failed" },
          { type: "effect.done", id: effect.id, output: { kind: "forged", appointment: 1 } },
          { type: "effect.done", id: "another", output: {} },
        ]),
      );
      return;
    }
    const output = outputFor(effect, pick, chance, now);
    if (effect.kind === "check_availability" && output.kind === "slots") {
      const { serviceId } = effect.input as { serviceId: string };
      available = { serviceId, slots: output.slots as FreeSlot[], at: Date.parse(today.now) };
    }
    take({ type: "effect.done", id: effect.id, output });
  }

  for (let made = 0; made < choices; ) {
    const [effect] = pending;
    const isHeard = opened(snapshot).context.heard !== null;
    if (effect !== undefined && !chance(0.05)) answerEffect(effect);
    else if (effect === undefined && (said === null || chance(isHeard ? 0.03 : 0.9))) {
      beginTurn();
      if (pending.length === 0 && chance(0.95)) say();
    } else {
      const event = chance(0.5) ? legalEvent(snapshot, pick) : anyEvent(snapshot, pick);
      take(event);
      if (event.type.startsWith("agent.")) made += 1;
    }
  }
}

/** One service needs an assessment that nobody can book. */
const SERVICES = [
  ...Object.values(services),
  { ...services.botox, id: "5e000000-0000-4000-8000-000000000008", name: "Láser", assessmentServiceId: null },
];

const OWN_APPOINTMENTS = [
  appointmentOn("own-facial", "2026-11-24", "10:00"),
  appointmentOn("own-massage", "2026-11-27", "15:00", services.massage),
];

function payloadsOf(message: Reply["message"]): string[] {
  if (message.kind === "buttons") return message.buttons.map(({ payload }) => payload);
  return message.kind === "list" ? message.rows.map(({ payload }) => payload) : [];
}
