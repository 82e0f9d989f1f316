import type { DialogueLine, LanguageModel } from "@skytide/models";
import {
  type ChartEvent,
  chart,
  createDecider,
  type Effect,
  joinReplies,
  type OwnAppointment,
  type Reply,
  type Said,
  type SaidMessage,
  type Snapshot,
  type TurnFacts,
} from "../../src/conversation/index.ts";
import { createTools, type ToolDeps } from "../../src/tools/index.ts";
import { type FreeSlot, facts as factsOf } from "./aurora.ts";

const usage = { model: "scripted", inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 };

/** What the scripted model answers to the customer's words: a tool with arguments, or something worse. */
export type Script = Record<string, ScriptedChoice | ScriptedChoice[]>;
export type ScriptedChoice = [tool: string, args?: Record<string, unknown>] | "refuses" | "two tools";

interface Options {
  script?: Script;
  /** What the model writes for a question, one text per attempt. */
  writes?: string[];
  free?: FreeSlot[];
  facts?: Partial<TurnFacts>;
  knowledge?: { title: string; content: string }[];
  /** Codes with which the database refuses bookings and changes, one per attempt; then it does them. */
  refusals?: string[];
}

const NOTHING = {
  service_id: null,
  unknown_service: false,
  member_id: null,
  day: null,
  time: null,
  part_of_day: null,
  first_name: null,
  last_name: null,
  also_asks: null,
};

/** The arguments of `book` with what the customer said. */
export function book(said: Record<string, unknown>): ["book", Record<string, unknown>] {
  return ["book", { ...NOTHING, ...said }];
}

/** The arguments of `change_appointment` with what the customer said. */
export function change(
  kind: string,
  said: Record<string, unknown> = {},
): ["change_appointment", Record<string, unknown>] {
  const nothing = {
    service_id: null,
    day: null,
    time: null,
    new_day: null,
    new_time: null,
    new_part_of_day: null,
    also_asks: null,
  };
  return ["change_appointment", { ...nothing, ...said, change: kind }];
}

/** The parts of a day. */
export function day(kind: string, parts: Record<string, unknown> = {}) {
  return { kind, weekday: null, which: null, day: null, month: null, year: null, number: null, ...parts };
}

/** The parts of an hour. */
export function at(hour: number, parts: Record<string, unknown> = {}) {
  return { hour, minute: null, meridiem: "unknown", relation: "at", to_hour: null, to_minute: null, ...parts };
}

/** A conversation with the real chart, decider and tools; the model is scripted, the database is data. */
export function createDialogue(options: Options = {}) {
  const world: World = {
    free: options.free ?? [],
    refusals: [...(options.refusals ?? [])],
    facts: options.facts ?? {},
  };
  const calls: { kind: string; input: unknown }[] = [];
  const model = scriptedModel(options);
  const tools = createTools({ store: fakeStore(world, options), model, embedder: null });
  const decide = createDecider({ model });
  const history: DialogueLine[] = [];
  let snapshot: Snapshot = chart.initial();
  let turn = 0;
  let lastReplies: Reply[] = [];

  async function take(event: ChartEvent): Promise<Reply[]> {
    const step = chart.step(snapshot, event);
    snapshot = step.snapshot;
    const replies = [...step.replies];
    for (const effect of step.effects) replies.push(...(await perform(effect)));
    return replies;
  }

  async function perform(effect: Effect): Promise<Reply[]> {
    calls.push({ kind: effect.kind, input: effect.input });
    const context = {
      organizationId: "org",
      chatIdentityId: "identity",
      turnId: `turn-${turn}`,
      now: new Date(),
      signal: new AbortController().signal,
    };
    try {
      const output = await tools[effect.kind].perform(effect.input, context);
      return take({ type: "effect.done", id: effect.id, output });
    } catch {
      return take({ type: "effect.failed", id: effect.id, code: "failed" });
    }
  }

  async function hears(messages: SaidMessage[]): Promise<string> {
    turn += 1;
    // Between turns only what is stored survives.
    snapshot = chart.restore(chart.store(snapshot)) ?? chart.initial();
    const text = messages.flatMap(({ text }) => text || []).join("\n");
    const said: Said = { text, messages, at: factsOf(world.facts).now };
    history.push({ role: "customer", text });
    const replies = await take({ type: "turn.began", facts: factsOf({ ...world.facts, turnId: `turn-${turn}` }) });
    replies.push(...(await take({ type: "customer.said", said })));
    const decision = await decide({
      snapshot,
      said,
      history,
      run: (_kind, work) => work(new AbortController().signal),
    });
    dialogue.decidedBy = decision.by;
    if (decision.event) replies.push(...(await take(decision.event)));
    lastReplies = joinReplies(replies);
    for (const { message } of lastReplies) history.push({ role: "agent", text: message.text });
    return lastReplies.map(({ message }) => message.text).join("\n\n");
  }

  const dialogue = {
    world,
    calls,
    model,
    decidedBy: "" as string,
    /** The customer writes one or several messages before the agent answers. */
    says: (...texts: string[]) => hears(texts.map((text, index) => ({ id: `m${turn}-${index}`, kind: "text", text }))),
    hears,
    /** The customer taps the button or row with this title among the last replies. */
    taps: (title: string) =>
      hears([{ id: `t${turn}`, kind: "tap", text: title, tapPayload: payloadOf(lastReplies, title) }]),
    tapsPayload: (tapPayload: string, text = "…") => hears([{ id: `t${turn}`, kind: "tap", text, tapPayload }]),
    payloadOf: (title: string) => payloadOf(lastReplies, title),
    /** A turn without words: something happened on the hand-off lane. */
    async happens(event: ChartEvent): Promise<Reply[]> {
      turn += 1;
      snapshot = chart.restore(chart.store(snapshot)) ?? chart.initial();
      const replies = await take({ type: "turn.began", facts: factsOf({ ...world.facts, turnId: `turn-${turn}` }) });
      return [...replies, ...(await take(event))];
    },
    get states() {
      return chart.states(snapshot);
    },
    get snapshot() {
      return snapshot;
    },
    get replies() {
      return lastReplies;
    },
    effects: (kind: string) => calls.filter((call) => call.kind === kind).map(({ input }) => input),
  };
  return dialogue;
}

function payloadOf(replies: readonly Reply[], title: string): string {
  const options = replies.flatMap(({ message }) =>
    message.kind === "buttons" ? message.buttons : message.kind === "list" ? message.rows : [],
  );
  const found = options.find((option) => option.title === title);
  if (found === undefined) throw new Error(`no button "${title}" among: ${options.map((o) => o.title).join(" | ")}`);
  return found.payload;
}

function scriptedModel({ script = {}, writes = [] }: Options) {
  const remaining = new Map(Object.entries(script).map(([words, choice]) => [words, queueOf(choice)]));
  const requests: Parameters<LanguageModel["choose"]>[0][] = [];
  const texts = [...writes];
  return {
    requests,
    writeRequests: [] as string[],
    async choose(request: Parameters<LanguageModel["choose"]>[0]) {
      requests.push(request);
      const words = request.history.at(-1)?.text ?? "";
      const queue = remaining.get(words);
      const choice = queue !== undefined && queue.length > 1 ? queue.shift() : queue?.[0];
      if (choice === undefined) throw new Error(`nothing scripted for "${words}"`);
      if (choice === "refuses") return { kind: "refused" as const, usage };
      if (choice === "two tools") {
        return { kind: "invalid" as const, reason: "several_tools" as const, detail: "Two tools were called.", usage };
      }
      return { kind: "chosen" as const, tool: choice[0], arguments: choice[1] ?? {}, usage };
    },
    async write(request: Parameters<LanguageModel["write"]>[0]) {
      this.writeRequests.push(request.context);
      return { kind: "text" as const, text: texts.shift() ?? "NO_ANSWER", usage };
    },
  };
}

function queueOf(choice: ScriptedChoice | ScriptedChoice[]): ScriptedChoice[] {
  return (Array.isArray(choice) && Array.isArray(choice[0])) ||
    (Array.isArray(choice) && choice.some((one) => one === "refuses" || one === "two tools"))
    ? (choice as ScriptedChoice[])
    : [choice as ScriptedChoice];
}

interface World {
  free: FreeSlot[];
  refusals: string[];
  facts: Partial<TurnFacts>;
}

function fakeStore(world: World, { knowledge = [] }: Options): ToolDeps["store"] {
  const change = async (id: string, change: Partial<OwnAppointment>) => {
    const code = world.refusals.shift();
    if (code !== undefined) return { kind: "refused" as const, code };
    const own = world.facts.appointments ?? [];
    const appointment = own.find((one) => one.id === id);
    if (appointment === undefined) return { kind: "refused" as const, code: "appointment_not_found" };
    const changed = { ...appointment, ...change };
    const appointments = own.flatMap((one) => (one.id !== id ? one : changed.status === "cancelada" ? [] : changed));
    world.facts = { ...world.facts, appointments };
    return { kind: "done" as const, appointment: changed };
  };
  return {
    cancelAppointment: ({ appointmentId }) => change(appointmentId, { status: "cancelada" }),
    confirmAppointment: ({ appointmentId }) => change(appointmentId, { status: "confirmada" }),
    async rescheduleAppointment({ appointmentId, startsAt }) {
      const slot = world.free.find((one) => one.startsAt === startsAt);
      if (slot === undefined) return { kind: "refused", code: "slot_taken" };
      return change(appointmentId, { ...slot, status: "programada" });
    },
    async checkAvailability({ from, to, memberId }) {
      const slots = world.free.filter(
        (slot) => slot.date >= from && slot.date <= to && (memberId === undefined || slot.memberId === memberId),
      );
      return { kind: "slots", slots };
    },
    async bookAppointment({ startsAt }) {
      const code = world.refusals.shift();
      if (code !== undefined) return { kind: "refused", code };
      const slot = world.free.find((one) => one.startsAt === startsAt);
      if (slot === undefined) return { kind: "refused", code: "slot_taken" };
      world.free = world.free.filter((one) => one !== slot);
      return {
        kind: "booked",
        contactId: "c0000000-0000-4000-8000-000000000001",
        appointment: {
          id: "appointment",
          serviceName: "Limpieza facial",
          memberName: slot.memberName,
          date: slot.date,
          startTime: slot.startTime,
        },
      };
    },
    searchKnowledge: async () => ({ chunks: knowledge }),
    raiseEscalation: async () => ({ escalationId: "e0000000-0000-4000-8000-000000000001", alreadyOpen: false }),
    setBotEnabled: async () => ({ changed: true }),
    recordConsent: async () => ({ changed: true }),
  };
}
