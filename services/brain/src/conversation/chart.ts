import { initialTransition } from "xstate";
import { effectOutputs } from "./effects.ts";
import { type ConversationMachine, type MachineSnapshot, machine, opened } from "./machine.ts";
import { type Context, memorySchema } from "./memory.ts";
import { migrated, VERSION } from "./migrations.ts";
import { createPureStep } from "./pure-step.ts";
import type { ChartEvent, Effect, EffectKind, MachineEvent, Reply, Snapshot } from "./types.ts";

interface Step {
  snapshot: Snapshot;
  effects: Effect[];
  replies: Reply[];
  /** False when the event meant nothing in this snapshot. */
  changed: boolean;
}

export interface Chart {
  readonly name: "conversation";
  readonly version: number;
  initial(): Snapshot;
  /** A snapshot stored by this version, or by an older one that is named; null when it cannot be read. */
  restore(stored: unknown, version?: number): Snapshot | null;
  /** JSON for `state.committed`; facts and words of the turn are left out. */
  store(snapshot: Snapshot): unknown;
  /** Pure: the next snapshot, what is to be performed, what is to be said. */
  step(snapshot: Snapshot, event: ChartEvent): Step;
  /** True when nothing is to be performed: the next move is the customer's, or the notifier's. */
  waiting(snapshot: Snapshot): boolean;
  /** True while a proposal waits for its answer and may be recalled once. */
  mayNudge(snapshot: Snapshot): boolean;
  /** Dotted paths of the active leaf states, such as `appointment.choosingSlot`. */
  states(snapshot: Snapshot): string[];
}

/** The longest body that buttons and lists may have on WhatsApp. */
const MAX_BODY = 1_024;

/** The chart around a machine; tests take guards away from theirs. */
export function createChart(machine: ConversationMachine): Chart {
  const pureStep = createPureStep(machine);
  return {
    name: "conversation",
    version: VERSION,
    initial: () => initialTransition(machine)[0],
    restore: (stored, version = VERSION) => restore(machine, stored, version),
    store,
    step: (snapshot, event) => step(pureStep, snapshot, event),
    waiting: (snapshot) => isWaiting(opened(snapshot)),
    mayNudge: (snapshot) => opened(snapshot).can({ type: "customer.silent" }),
    states: (snapshot) => leavesOf(snapshot.value).map((path) => path.replace(/^talking\./, "")),
  };
}

/** The chart of a conversation. */
export const chart = createChart(machine);

function store(snapshot: Snapshot): unknown {
  const inner = opened(snapshot);
  const persisted = inner.machine.getPersistedSnapshot(inner);
  const context = { ...inner.context, facts: null, heard: null };
  return JSON.parse(JSON.stringify({ ...persisted, context }));
}

function restore(machine: ConversationMachine, stored: unknown, version: number): Snapshot | null {
  try {
    const persisted = migrated(stored, version);
    const context: Context = { ...memorySchema.parse(persisted.context), facts: null, heard: null };
    return machine.restoreSnapshot({ ...persisted, context } as never, {} as never) as MachineSnapshot;
  } catch {
    // Older, foreign or damaged: the caller rebuilds the conversation from its messages, and counts it.
    return null;
  }
}

function isWaiting(snapshot: MachineSnapshot): boolean {
  return Object.keys(snapshot.children).length === 0;
}

function step(pureStep: ReturnType<typeof createPureStep>, snapshot: Snapshot, event: ChartEvent): Step {
  const before = opened(snapshot);
  const told = toMachineEvent(before, event);
  if (told === null || (event.type.startsWith("agent.") && !before.can(told)))
    return { snapshot, effects: [], replies: [], changed: false };
  const [next, actions] = pureStep(before, told);
  const effects: Effect[] = [];
  const replies: Reply[] = [];
  for (const { type, params } of actions) {
    if (type === "xstate.spawnChild") effects.push(toEffect(params));
    if (type === "xstate.emit") replies.push(toReply(params));
  }
  return { snapshot: next, effects, replies: joinReplies(replies), changed: next !== before || actions.length > 0 };
}

/** What the machine is told, or null for what may not be told it now: words count once, and only while it waits for them. */
function toMachineEvent(snapshot: MachineSnapshot, event: ChartEvent): MachineEvent | null {
  if (event.type === "effect.done" || event.type === "effect.failed") return toResult(snapshot, event);
  const fromCustomer = event.type.startsWith("agent.") || event.type.startsWith("customer.");
  if (fromCustomer && !isWaiting(snapshot)) return null;
  const isFirst = event.type === "customer.said" || event.type === "customer.silent";
  if (fromCustomer && !isFirst && snapshot.context.heard === null) return null;
  return event;
}

function toResult(
  snapshot: MachineSnapshot,
  event: Extract<ChartEvent, { type: "effect.done" | "effect.failed" }>,
): MachineEvent | null {
  const child = snapshot.children[event.id as keyof typeof snapshot.children];
  if (child === undefined) return null;
  const kind = String(child.src) as EffectKind;
  const output = event.type === "effect.done" ? effectOutputs[kind].safeParse(event.output) : null;
  const result = output?.success
    ? { type: `xstate.done.actor.${event.id}`, output: output.data, actorId: event.id }
    : { type: `xstate.error.actor.${event.id}`, error: null, actorId: event.id };
  return result as unknown as MachineEvent;
}

function toEffect(params: unknown): Effect {
  const { id, src, input } = params as { id: string; src: EffectKind; input: unknown };
  return { id, kind: src, input };
}

function toReply(params: unknown): Reply {
  const { message, closing } = (params as { event: Reply }).event;
  return closing ? { message, closing } : { message };
}

/** A sentence before a question is one message with it, also across the steps of a turn: people are not sent two where one will do. */
export function joinReplies(replies: readonly Reply[]): Reply[] {
  const result: Reply[] = [];
  for (const reply of replies) {
    const before = result.at(-1);
    const text = `${before?.message.text}\n\n${reply.message.text}`;
    if (before?.message.kind === "text" && before.closing === reply.closing && text.length <= MAX_BODY) {
      result[result.length - 1] = { ...reply, message: { ...reply.message, text } };
    } else {
      result.push(reply);
    }
  }
  return result;
}

function leavesOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) =>
    leavesOf(inner).map((leaf) => `${key}.${leaf}`),
  );
}
