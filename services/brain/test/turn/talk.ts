import { setTimeout as pause } from "node:timers/promises";
import type { Bus } from "@skytide/bus";
import { type Coordination, connectCoordination, type JournalEntry } from "@skytide/coordination";
import {
  type ConversationEvent,
  chatOf,
  conversationSubject,
  createEvent,
  type EventOf,
  hashKeysSchema,
  type Lane,
  timerSubject,
} from "@skytide/events";
import { test as base } from "@skytide/testing";
import { createTurnTimers } from "../../src/timers.ts";
import { createGiveUp, createInvoke, createTurn, type Invocation, type TurnDeps } from "../../src/turn/index.ts";
import { organizationId, received } from "../events.ts";
import { scriptedChart, scriptedDecider } from "./scripted-chart.ts";

const keys = hashKeysSchema.parse("k1:a-secret-for-tests-only");
export const debounce = { debounceMs: 10_000, debounceMaxMs: 30_000 };
export const noSignal = new AbortController().signal;
let customers = 0;

/** The tests' own `test`, with leases and journals on the file's nats-server. */
export const test = base.extend("coordination", { scope: "file" }, async ({ bus }, { onCleanup }) => {
  const coordination = await connectCoordination({ bus });
  onCleanup(() => coordination.close());
  return coordination;
});

export interface TalkOptions {
  think?: (said: string, signal: AbortSignal) => Promise<string>;
  beforeCommit?: () => Promise<void>;
  onAppend?: (entry: JournalEntry) => void | Promise<void>;
  chart?: TurnDeps["chart"];
  /** The real ones of a world, instead of the scripted chart's. */
  world?: Pick<TurnDeps, "decide" | "tools"> & { facts(): Awaited<ReturnType<TurnDeps["beginTurn"]>> };
  afterCommit?: () => Promise<void>;
  /** Before a step is recorded: a crash here loses what the step has done. */
  beforeAppend?: (entry: JournalEntry) => void;
  now?: () => Date;
  botEnabled?: boolean;
  agentEnabled?: boolean;
}

/** A conversation of its own on the real log, with the scripted chart and a booking table that counts. */
export function setup({ bus, coordination }: { bus: Bus; coordination: Coordination }, options: TalkOptions = {}) {
  customers += 1;
  const chat = chatOf(keys, organizationId, "whatsapp", `customer-${customers}`);
  const conversation = { organizationId, chat };
  const calls = { model: 0, bookings: new Map<string, number>() };
  const { now = () => new Date() } = options;
  const watchers = new Set<() => void>();
  const committed: ConversationEvent[] = [];
  const log: TurnDeps["log"] = {
    readConversation: (of) => bus.readConversation(of),
    readLane: (subject, after) => bus.readLane(subject, after),
    lastSequence: (subject) => bus.lastSequence(subject),
    trim: (subject, keep) => bus.trim(subject, keep),
    async commit(batch) {
      await options.beforeCommit?.();
      const result = await bus.commit(batch);
      if (result.kind === "committed") committed.push(...batch.events);
      await options.afterCommit?.();
      return result;
    },
  };
  const deps: TurnDeps = {
    leases: coordination.leases,
    journals: observed(coordination.journals, options),
    log,
    timers: createTurnTimers(bus, () => debounce, now),
    watch: (_conversation, onMessage) => {
      watchers.add(onMessage);
      return { stop: () => watchers.delete(onMessage) };
    },
    beginTurn: async () =>
      options.world?.facts() ?? {
        chatIdentityId: "c0000000-0000-4000-8000-000000000001",
        botEnabled: options.botEnabled ?? true,
        organization: {
          name: "Aurora",
          timezone: "America/Bogota",
          locale: "es-CO",
          settings: { agentEnabled: options.agentEnabled ?? true, maxFailedTurns: 2 },
        },
        contact: null,
        services: [],
        members: [],
        appointments: [],
        consent: null,
        openEscalation: null,
      },
    chart: options.chart ?? scriptedChart(),
    decide: scriptedDecider(async (said, signal) => {
      calls.model += 1;
      return options.think ? options.think(said, signal) : said;
    }),
    tools: tools(calls.bookings),
    settings: {
      mediaWaitMs: 20_000,
      debounceMaxMs: 30_000,
      turnBudgetMs: 10_000,
      turnDeadlineMs: 900_000,
      agentEnabled: true,
    },
    now,
    ...options.world,
  };
  const turn = createTurn(deps);
  const invoke = createInvoke({ ...deps, leaseWaitMs: 200, wait: (ms) => pause(ms) });
  return {
    chat,
    calls,
    deps,
    async says(id: string, words: string) {
      await bus.publish(received(`${chat}-${id}`, words, now().getTime(), chat));
      for (const watcher of watchers) watcher();
    },
    run: () => turn({ ...conversation, signal: noSignal }),
    /** Something on the hand-off lane. */
    async happens<Type extends "escalation.notified" | "escalation.failed">(type: Type, data: EventOf<Type>["data"]) {
      const id = `${chat}-${type}`;
      await bus.publish(createEvent<Type>({ type, id, source: "notifier", time: now(), ...conversation, data }));
    },
    /** What stands on the log: replies by their words, and the last state without what differs from run to run. */
    async readLog() {
      const lane = (name: Lane) => bus.readLane(conversationSubject(organizationId, chat, name), 0);
      const replies = repliesIn((await lane("reply")).map(({ event }) => event));
      const state = (await bus.readConversation(conversation)).state?.event.data;
      return { replies, state: { version: state?.version, states: state?.snapshot && placeIn(state.snapshot) } };
    },
    /** A message over HTTP, where nothing is sent to WhatsApp. */
    invokes: (message: string, other: Partial<Invocation> = {}) =>
      invoke({
        ...conversation,
        ...{ message, recent: [], idempotencyKey: null, signal: noSignal },
        beginTurn: () => deps.beginTurn(conversation, null),
        ...other,
      }),
    giveUp: () => createGiveUp(deps)({ ...conversation, code: "model-down", attempts: 3 }),
    nudge: () => bus.readTimer(timerSubject("nudge", organizationId, chat)),
    timer: () => bus.readTimer(timerSubject("turn", organizationId, chat)),
    replies: () => repliesIn(committed),
    committed,
    last: (lane: "state" | "inbound" | "reply" | "turn") =>
      bus.lastSequence(conversationSubject(organizationId, chat, lane)),
    state: async () => (await bus.readConversation(conversation)).state?.event.data,
  };
}

/** Journals whose appends are told of once they are stored: a crash after a step is an error thrown there. */
function observed(journals: Coordination["journals"], { beforeAppend, onAppend }: TalkOptions) {
  return {
    ...journals,
    async open(turnKey: string) {
      const journal = await journals.open(turnKey);
      return {
        get entries() {
          return journal.entries;
        },
        async append(entry: JournalEntry) {
          beforeAppend?.(entry);
          await journal.append(entry);
          await onAppend?.(entry);
        },
        drop: () => journal.drop(),
      };
    },
  };
}

function tools(bookings: Map<string, number>): TurnDeps["tools"] {
  const never = { acts: false, perform: async () => ({}) };
  const book = {
    acts: true,
    async perform(input: unknown) {
      const { key } = input as { key: string };
      bookings.set(key, (bookings.get(key) ?? 0) + 1);
      return { kind: "booked" };
    },
  };
  return {
    check_availability: never,
    book_appointment: book,
    cancel_appointment: never,
    confirm_appointment: never,
    reschedule_appointment: never,
    search_knowledge: never,
    phrase_answer: never,
    raise_escalation: never,
    set_bot: never,
    record_consent: never,
  };
}

function placeIn(snapshot: unknown): unknown {
  return typeof snapshot === "object" && snapshot !== null && "value" in snapshot ? snapshot.value : snapshot;
}

function repliesIn(events: readonly ConversationEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "reply.requested" ? event.data.messages.map(({ text }) => text) : [],
  );
}

/** Runs a turn as its timer would: again while the lease of the one before it is not free yet. */
export async function untilFree<Result extends { kind: string }>(run: () => Promise<Result>): Promise<Result> {
  for (;;) {
    const result = await run();
    if (result.kind !== "busy") return result;
    await pause(50);
  }
}
