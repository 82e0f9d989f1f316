import {
  type ChartEvent,
  chart,
  type Effect,
  type Reply,
  type Snapshot,
  type TurnFacts,
} from "../../src/conversation/index.ts";
import { opened } from "../../src/conversation/machine.ts";
import type { Context } from "../../src/conversation/memory.ts";
import { appointmentOn, facts, free, laura, services } from "./aurora.ts";
import { at, day } from "./dialogue.ts";

/** What a customer may do in a turn: the words, and the event that code or a model makes of them. */
interface Move {
  words: string;
  event(context: Context): ChartEvent | null;
}

const agent = (type: string, payload: object = {}) =>
  ({ type: `agent.${type}`, by: "model", ...payload }) as ChartEvent;
const always = (words: string, event: ChartEvent): Move => ({ words, event: () => event });
const NOTHING = {
  ...{ service_id: null, unknown_service: false, member_id: null, day: null, time: null, part_of_day: null },
  ...{ first_name: null, last_name: null, also_asks: null },
};
const NO_CHANGE = {
  service_id: null,
  day: null,
  time: null,
  new_day: null,
  new_time: null,
  new_part_of_day: null,
  also_asks: null,
};
const tuesday = day("weekday", { weekday: "tuesday", which: "other_week" });

/** A few of each kind: what differs only in its words leads to the same state. */
const MOVES: Move[] = [
  always("sí", agent("accept", { evidence: "sí" })),
  always("no", agent("decline")),
  always("quiero una cita", agent("book", NOTHING)),
  always("limpieza facial", agent("book", { ...NOTHING, service_id: services.facial.id })),
  always("eso", agent("book", { ...NOTHING, service_id: services.massage.id })),
  always("toxina botulínica", agent("book", { ...NOTHING, service_id: services.botox.id })),
  always("cirugía de párpados", agent("book", { ...NOTHING, service_id: services.surgery.id })),
  always("el otro martes", agent("book", { ...NOTHING, day: tuesday })),
  always("el otro martes a las 10", agent("book", { ...NOTHING, day: tuesday, time: at(10) })),
  always("el 1 de noviembre", agent("book", { ...NOTHING, day: day("date", { day: 1, month: 11 }) })),
  always("más tarde", agent("other_times", { direction: "later" })),
  always("otro día", agent("other_times", { direction: "other_day" })),
  always("Laura Gómez", agent("give_name", { first_name: "Laura", last_name: "Gómez" })),
  always("ya no", agent("stop_booking")),
  always("¿cuánto cuesta?", agent("ask_knowledge", { question: "¿cuánto cuesta?", service_id: null })),
  always("¿cuánto cuesta? quiero una cita", agent("book", { ...NOTHING, also_asks: "¿cuánto cuesta?" })),
  ...(["cancel", "move", "confirm"] as const).map((change) =>
    always("mi cita", agent("change_appointment", { ...NO_CHANGE, change })),
  ),
  always("asesor", agent("ask_person", { reason: "asked" })),
  always("mmm", agent("ask_person", { reason: "upset" })),
  always("hola", agent("greet")),
  always("qué día", agent("chat", { text: "Con gusto" })),
  always("gracias", agent("say_goodbye")),
  always("asdf", agent("not_understood")),
  always("no entiendo", { type: "customer.asked_back" }),
  always("sí", { type: "customer.answered_unseen" }),
  always("no más recordatorios", { type: "customer.opted_out" }),
  always("…", { type: "customer.tapped_old_button" }),
  always("…", { type: "customer.sent_unreadable", what: "audio" }),
  always("hola", { type: "customer.unanswerable", why: "spend_ceiling" }),
  {
    words: "la primera",
    event: ({ booking }) => (booking?.slots[0] ? agent("choose_slot", { slot_id: booking.slots[0].id }) : null),
  },
  {
    words: "la segunda",
    event: ({ facts }) =>
      facts?.appointments[1] ? agent("choose_appointment", { appointment_id: facts.appointments[1].id }) : null,
  },
];

const COMMITTED = {
  id: "a",
  serviceName: "Limpieza facial",
  memberName: "Ana Ruiz",
  date: "2026-12-01",
  startTime: "10:00",
};
const slots = (...times: string[]) => ({ kind: "slots", slots: times.map((time) => free("2026-12-01", time)) });
const refused = (...codes: string[]) => codes.map((code) => ({ kind: "refused", code }));
const CHANGED = [
  { kind: "done", appointment: COMMITTED },
  ...refused("too_late", "appointment_not_found", "slot_taken", "other"),
];

/** Every kind of answer that a tool gives. */
const OUTPUTS: Record<Effect["kind"], readonly object[]> = {
  check_availability: [slots("10:00", "11:00"), slots("15:00"), slots(), ...refused("member_not_found", "other")],
  book_appointment: [
    { kind: "booked", contactId: laura.id, appointment: COMMITTED },
    ...refused("slot_taken", "name_required", "other"),
  ],
  cancel_appointment: CHANGED,
  confirm_appointment: CHANGED,
  reschedule_appointment: CHANGED,
  search_knowledge: [{ passages: [] }],
  phrase_answer: [{ kind: "answer", text: "Cuesta $120.000." }, { kind: "none" }],
  raise_escalation: [
    { escalationId: "e1", alreadyOpen: false },
    { escalationId: "e1", alreadyOpen: true },
  ],
  set_bot: [{}],
  record_consent: [{}],
};

/** One turn as it went: what came, what the customer read, where it ended. */
export interface Turn {
  from: Snapshot;
  event: ChartEvent;
  /** The chart took the event, whatever came of it. */
  taken: boolean;
  replies: Reply[];
  to: Snapshot;
}

/** Who writes, and what they have: each is a world of its own. */
export const WORLDS: Record<string, Partial<TurnFacts>> = {
  "a stranger": { contact: null, consent: null },
  "a customer with two appointments": {
    consent: null,
    appointments: [
      appointmentOn("own-1", "2026-11-24", "10:00"),
      appointmentOn("own-2", "2026-11-27", "15:00", services.massage),
    ],
  },
};

/** Walks every turn from every reachable state, states that differ in nothing a guard looks at being one; returns how many there are. */
export function explore(world: Partial<TurnFacts>, onTurn: (turn: Turn) => void, limit = 5_000): number {
  const seen = new Map<string, Snapshot>();
  const queue: Snapshot[] = [];
  let turns = 0;
  const reach = (snapshot: Snapshot) => {
    const key = abstraction(snapshot);
    if (seen.has(key)) return;
    if (seen.size >= limit) throw new Error("the chart has more states than it should");
    seen.set(key, snapshot);
    queue.push(snapshot);
  };
  const now = "2026-11-22T19:05:00.000Z";
  reach(chart.initial());
  for (let from = queue.shift(); from !== undefined; from = queue.shift()) {
    for (const move of [...MOVES, ...BETWEEN]) {
      turns += 1;
      const escalation = opened(from).context.escalationId;
      const today = facts({ ...world, now, turnId: `turn-${turns}`, openEscalation: escalation });
      const began = chart.step(from, { type: "turn.began", facts: today });
      const heard = "words" in move ? said(began.snapshot, String(move.words), now) : began.snapshot;
      const event = move.event(opened(heard).context);
      if (event === null) continue;
      finish({ from, event, taken: false, replies: began.replies, to: heard }, event, (turn) => {
        onTurn(turn);
        reach(turn.to);
      });
    }
  }
  return seen.size;
}

/** What happens between the customer's messages. */
const BETWEEN: { event(context: Context): ChartEvent | null }[] = [
  { event: () => ({ type: "customer.silent" }) },
  { event: ({ proposal }) => (proposal === null ? null : { type: "reply.failed", turnId: proposal.shownInTurn }) },
  { event: () => ({ type: "escalation.notified", escalationId: "e1" }) },
  { event: () => ({ type: "escalation.failed", escalationId: "e1" }) },
];

function said(snapshot: Snapshot, words: string, at: string): Snapshot {
  const messages = [{ id: "m", kind: "text" as const, text: words }];
  return chart.step(snapshot, { type: "customer.said", said: { text: words, messages, at } }).snapshot;
}

/** Every way in which a turn can end: each effect answers in each of its ways, and fails. */
function finish(turn: Turn, event: ChartEvent, onEnd: (turn: Turn) => void): void {
  const { snapshot, effects, replies, changed } = chart.step(turn.to, event);
  const next = { ...turn, taken: turn.taken || changed, replies: [...turn.replies, ...replies], to: snapshot };
  const [effect] = effects;
  if (effect === undefined) {
    onEnd(next);
    return;
  }
  for (const output of OUTPUTS[effect.kind]) finish(next, { type: "effect.done", id: effect.id, output }, onEnd);
  finish(next, { type: "effect.failed", id: effect.id, code: "failed" }, onEnd);
}

/** The state, and what of the memory decides which question comes next. */
function abstraction(snapshot: Snapshot): string {
  const { booking, change, proposal, reminders, escalationId } = opened(snapshot).context;
  return JSON.stringify([
    chart.states(snapshot),
    booking && [booking.serviceId === null, booking.guesses.length, booking.slots.length > 0, booking.slot !== null],
    change && [change.kind, change.appointmentId !== null],
    [proposal?.kind, proposal?.unseen, reminders?.answer, escalationId !== null],
  ]);
}
