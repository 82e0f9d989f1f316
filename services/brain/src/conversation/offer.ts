import { getNextTransitions } from "xstate";
import type { z } from "zod";
import { type Candidates, DECISION_NAMES, type DecisionName, decisions } from "./decisions.ts";
import type { MachineSnapshot } from "./machine.ts";
import type { Context } from "./memory.ts";
import { esFormat } from "./texts/es-format.ts";
import { whenOf } from "./texts/layouts.ts";
import type { AgentEvent, DecidedBy, MachineEvent } from "./types.ts";

/** One thing that the model may choose in this snapshot. */
interface OfferedTool {
  name: DecisionName;
  description: string;
  parameters: z.ZodType;
}

export interface Offer {
  /** Every tool of the conversation in a fixed order, those with ids last: a long common prefix for the provider's cache. */
  tools: OfferedTool[];
  /** What this snapshot accepts now. */
  allowed: DecisionName[];
}

/** Tools whose ids change with the conversation stand behind all that stay the same. */
const ORDER = [...DECISION_NAMES].sort((a, b) => weight(a) - weight(b));
const MAX_CACHED = 200;

function weight(name: DecisionName): number {
  if (name === "choose_slot" || name === "choose_appointment") return 2;
  return decisions[name].schema.length > 0 ? 1 : 0;
}

/** Exactly the `agent.*` events that this snapshot accepts, as strict tools with the ids that it holds. */
export function offerOf(snapshot: MachineSnapshot): Offer {
  const candidates = candidatesOf(snapshot.context);
  const empty = {
    choose_slot: candidates.slots.length === 0,
    choose_appointment: candidates.appointments.length === 0,
  };
  const tools = ORDER.filter((name) => !(name in empty && empty[name as keyof typeof empty])).map((name) =>
    toolOf(name, candidates),
  );
  return { tools, allowed: allowedIn(snapshot) };
}

/** The decisions that this snapshot accepts now, guards and all. */
export function allowedIn(snapshot: MachineSnapshot): DecisionName[] {
  const reachable = new Set(getNextTransitions(snapshot).map(({ eventType }) => eventType));
  return ORDER.filter((name) => {
    if (!reachable.has(`agent.${name}`)) return false;
    const payload = examplePayload(name, snapshot.context);
    return payload !== null && snapshot.can(toEvent(name, payload, "model"));
  });
}

/** The event of a decision. */
export function toEvent(name: DecisionName, payload: object, by: DecidedBy): AgentEvent & MachineEvent {
  return { ...payload, type: `agent.${name}`, by } as AgentEvent;
}

const cached = new Map<string, OfferedTool>();

/** A schema is built once per set of ids: the models library keeps its JSON Schema by identity. */
function toolOf(name: DecisionName, candidates: Candidates): OfferedTool {
  const ids = decisions[name].schema.length === 0 ? "" : JSON.stringify(candidates);
  const key = `${name} ${ids}`;
  const known = cached.get(key);
  if (known) return known;
  const { description, schema } = decisions[name];
  const made = { name, description, parameters: schema(candidates) };
  if (cached.size >= MAX_CACHED) cached.clear();
  cached.set(key, made);
  return made;
}

function candidatesOf({ facts, booking }: Context): Candidates {
  return {
    services: (facts?.services ?? []).map(({ id, name }) => ({ id, label: name })),
    members: (facts?.members ?? []).map(({ id, name }) => ({ id, label: name })),
    slots: (booking?.slots ?? []).map((slot) => ({
      id: slot.id,
      label: `${whenOf(slot, esFormat)}, con ${slot.memberName}`,
    })),
    appointments: (facts?.appointments ?? []).map((one) => ({
      id: one.id,
      label: `${one.serviceName ?? "cita"}, ${whenOf(one, esFormat)}`,
    })),
  };
}

const NOTHING_CHANGED = {
  service_id: null,
  day: null,
  time: null,
  new_day: null,
  new_time: null,
  new_part_of_day: null,
  also_asks: null,
};

/** A payload with which to ask the snapshot whether it accepts the event at all; null where the context holds none. */
function examplePayload(name: DecisionName, context: Context): object | null {
  const words = context.heard?.words ?? "";
  const [slot] = context.booking?.slots ?? [];
  const [appointment] = context.facts?.appointments ?? [];
  switch (name) {
    case "choose_slot":
      return slot ? { slot_id: slot.id } : null;
    case "choose_appointment":
      return appointment ? { appointment_id: appointment.id } : null;
    case "give_name":
      return { first_name: words.split(/\s+/).find((word) => /^\p{L}+$/u.test(word)) ?? "", last_name: null };
    case "accept":
      return { evidence: words };
    case "other_times":
      return { direction: "more" };
    case "ask_knowledge":
      return { question: words, service_id: null };
    case "change_appointment":
      return { ...NOTHING_CHANGED, change: "move" };
    case "chat":
      return { text: "Con gusto" };
    default:
      return {};
  }
}
