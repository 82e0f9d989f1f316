import type { Bus } from "@skytide/bus";
import { type Coordination, connectCoordination, type JournalEntry } from "@skytide/coordination";
import {
  type ConversationEvent,
  chatOf,
  conversationSubject,
  dueSubject,
  hashKeysSchema,
  timerSubject,
} from "@skytide/events";
import { test as base } from "@skytide/testing";
import { describe, expect } from "vitest";
import { createTurnTimers, FIRST_AT_HEADER } from "../../src/timers.ts";
import { createGiveUp, createTurn, type TurnDeps } from "../../src/turn/index.ts";
import { organizationId, received } from "../events.ts";
import { scriptedChart, scriptedDecider } from "./scripted-chart.ts";

const keys = hashKeysSchema.parse("k1:a-secret-for-tests-only");
const debounce = { debounceMs: 10_000, debounceMaxMs: 30_000 };
const noSignal = new AbortController().signal;
let customers = 0;

const test = base.extend("coordination", { scope: "file" }, async ({ bus }, { onCleanup }) => {
  const coordination = await connectCoordination({ bus });
  onCleanup(() => coordination.close());
  return coordination;
});

interface Setup {
  think?: (said: string, signal: AbortSignal) => Promise<string>;
  beforeCommit?: () => Promise<void>;
  onAppend?: (entry: JournalEntry) => void;
  chart?: TurnDeps["chart"];
  botEnabled?: boolean;
  agentEnabled?: boolean;
}

/** A conversation of its own on the real log, with the scripted chart and a booking table that counts. */
function setup({ bus, coordination }: { bus: Bus; coordination: Coordination }, options: Setup = {}) {
  customers += 1;
  const chat = chatOf(keys, organizationId, "whatsapp", `customer-${customers}`);
  const conversation = { organizationId, chat };
  const calls = { model: 0, bookings: new Map<string, number>() };
  const watchers = new Set<() => void>();
  const committed: ConversationEvent[] = [];
  const log: TurnDeps["log"] = {
    readConversation: (of) => bus.readConversation(of),
    lastSequence: (subject) => bus.lastSequence(subject),
    trim: (subject, keep) => bus.trim(subject, keep),
    async commit(batch) {
      await options.beforeCommit?.();
      const result = await bus.commit(batch);
      if (result.kind === "committed") committed.push(...batch.events);
      return result;
    },
  };
  const deps: TurnDeps = {
    leases: coordination.leases,
    journals: observed(coordination.journals, options.onAppend),
    log,
    timers: createTurnTimers(bus, debounce, () => new Date()),
    watch: (_conversation, onMessage) => {
      watchers.add(onMessage);
      return { stop: () => watchers.delete(onMessage) };
    },
    beginTurn: async () => ({
      chatIdentityId: "c0000000-0000-4000-8000-000000000001",
      botEnabled: options.botEnabled ?? true,
      organization: {
        name: "Aurora",
        timezone: "America/Bogota",
        locale: "es-CO",
        settings: { agentEnabled: options.agentEnabled ?? true },
      },
      contact: null,
      services: [],
      members: [],
      appointments: [],
      consent: null,
      openEscalation: null,
    }),
    chart: options.chart ?? scriptedChart(),
    decide: scriptedDecider(async (said, signal) => {
      calls.model += 1;
      return options.think ? options.think(said, signal) : said;
    }),
    tools: tools(calls.bookings),
    settings: { mediaWaitMs: 20_000, debounceMaxMs: 30_000, turnBudgetMs: 10_000, agentEnabled: true },
    now: () => new Date(),
  };
  const turn = createTurn(deps);
  return {
    chat,
    calls,
    deps,
    async says(id: string, words: string) {
      await bus.publish(received(`${chat}-${id}`, words, Date.now(), chat));
      for (const watcher of watchers) watcher();
    },
    run: () => turn({ ...conversation, signal: noSignal }),
    giveUp: () => createGiveUp(deps)({ ...conversation, code: "model-down", attempts: 3 }),
    timer: () => bus.readTimer(timerSubject("turn", organizationId, chat)),
    replies: () => repliesIn(committed),
    last: (lane: "state" | "inbound" | "reply" | "turn") =>
      bus.lastSequence(conversationSubject(organizationId, chat, lane)),
    state: async () => (await bus.readConversation(conversation)).state?.event.data,
  };
}

/** Journals whose appends are told of once they are stored: a crash after a step is an error thrown there. */
function observed(journals: Coordination["journals"], onAppend: (entry: JournalEntry) => void = () => {}) {
  return {
    async open(turnKey: string) {
      const journal = await journals.open(turnKey);
      return {
        get entries() {
          return journal.entries;
        },
        async append(entry: JournalEntry) {
          await journal.append(entry);
          onAppend(entry);
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

function repliesIn(events: readonly ConversationEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "reply.requested" ? event.data.messages.map(({ text }) => text) : [],
  );
}

describe("a turn", () => {
  test("answers a burst once and remembers it", async ({ bus, coordination }) => {
    const talk = setup({ bus, coordination });
    await talk.says("1", "hola");
    await talk.says("2", "¿están abiertos?");
    expect((await talk.run()).kind).toBe("committed");
    expect(talk.replies()).toEqual(["Dijiste: hola\n¿están abiertos?"]);
    expect((await talk.state())?.history.map(({ role }) => role)).toEqual(["customer", "customer", "agent"]);
    expect((await talk.run()).kind).toBe("nothing_new");
    expect(talk.replies()).toHaveLength(1);
  });

  test("is left to the replica that holds the conversation; the other arms the timer", async ({
    bus,
    coordination,
  }) => {
    const talk = setup({ bus, coordination });
    await talk.says("1", "hola");
    const results = await Promise.all([talk.run(), talk.run()]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(["busy", "committed"]);
    expect(talk.replies()).toHaveLength(1);
    expect(await talk.timer()).not.toBeNull();
  });

  const switches = [{ botEnabled: false }, { agentEnabled: false }];
  test.for(switches)(
    "of a paused agent takes the words in and says nothing: %o",
    async (off, { bus, coordination }) => {
      const talk = setup({ bus, coordination }, off);
      await talk.says("1", "hola");
      expect(await talk.run()).toMatchObject({ kind: "committed", report: { outcome: "paused" } });
      expect(talk.calls.model).toBe(0);
      expect(talk.replies()).toEqual([]);
      expect((await talk.run()).kind).toBe("nothing_new");
    },
  );

  test("leaves a state alone that a newer version wrote, and begins anew where the state cannot be read", async ({
    bus,
    coordination,
  }) => {
    const talk = setup({ bus, coordination }, { chart: scriptedChart(2) });
    await talk.says("1", "hola");
    await talk.run();
    await talk.says("2", "sigo aquí");
    const older = { ...talk.deps, chart: scriptedChart(1) };
    expect((await createTurn(older)({ organizationId, chat: talk.chat, signal: noSignal })).kind).toBe("newer_version");
    const unreadable = { ...scriptedChart(2), restore: () => null };
    const rebuilt = await createTurn({ ...talk.deps, chart: unreadable })({
      organizationId,
      chat: talk.chat,
      signal: noSignal,
    });
    expect(rebuilt).toMatchObject({ kind: "committed", report: { restored: "rebuilt" } });
    expect(talk.replies()).toEqual(["Dijiste: hola", "Dijiste: sigo aquí"]);
  });
});

describe("a newer message", () => {
  test("aborts the model while nothing was done; the next turn answers both", async ({ bus, coordination }) => {
    let thinking = 0;
    const talk = setup(
      { bus, coordination },
      {
        think: async (said, signal) => {
          thinking += 1;
          if (thinking > 1) return said;
          await talk.says("2", "mejor el martes");
          signal.throwIfAborted();
          return said;
        },
      },
    );
    const firstAt = Date.now();
    await talk.says("1", "cita el lunes");
    expect((await talk.run()).kind).toBe("interrupted");
    expect(talk.replies()).toEqual([]);
    const timer = await talk.timer();
    expect(Date.parse(timer?.headers[FIRST_AT_HEADER] ?? "") - firstAt).toBeLessThan(1_000);
    expect((await talk.run()).kind).toBe("committed");
    expect(talk.replies()).toEqual(["Dijiste: cita el lunes\nmejor el martes"]);
  });

  test("that no hint told of is found by the fence of the commit", async ({ bus, coordination }) => {
    let commits = 0;
    const talk = setup(
      { bus, coordination },
      {
        beforeCommit: async () => {
          commits += 1;
          if (commits === 1) await bus.publish(received(`${talk.chat}-2`, "mejor el martes", Date.now(), talk.chat));
        },
      },
    );
    await talk.says("1", "cita el lunes");
    expect((await talk.run()).kind).toBe("interrupted");
    expect((await talk.run()).kind).toBe("committed");
    expect(talk.replies()).toEqual(["Dijiste: cita el lunes\nmejor el martes"]);
    expect(talk.calls.model).toBe(2);
  });

  test("after a tool has acted is the next turn", async ({ bus, coordination }) => {
    let commits = 0;
    const talk = setup(
      { bus, coordination },
      {
        beforeCommit: async () => {
          commits += 1;
          if (commits === 1) await talk.says("2", "gracias");
        },
      },
    );
    await talk.says("1", "reserva");
    expect(await talk.run()).toMatchObject({ kind: "committed", report: { stateFenceOnly: true } });
    expect(await talk.timer()).not.toBeNull();
    expect((await talk.run()).kind).toBe("committed");
    expect(talk.replies()).toEqual(["Reservado", "Dijiste: gracias"]);
  });
});

describe("a crash", () => {
  const boundaries = ["turn", "facts", "llm", "acting:tool:book_appointment", "tool:book_appointment"];
  test.for(boundaries)("after the step %s costs a redelivery and nothing else", async (kind, { bus, coordination }) => {
    let crashed = false;
    const talk = setup(
      { bus, coordination },
      {
        onAppend: (entry) => {
          if (entry.kind !== kind || crashed) return;
          crashed = true;
          throw new Error("crash");
        },
      },
    );
    await talk.says("1", "reserva");
    await expect(talk.run()).rejects.toThrow("crash");
    expect((await talk.run()).kind).toBe("committed");
    expect(crashed).toBe(true);
    expect(talk.calls.model).toBe(1);
    expect([...talk.calls.bookings]).toEqual([["proposal-1", 1]]);
    expect(talk.replies()).toEqual(["Reservado"]);
  });

  test("after a tool acted goes on as the turn had read, whatever the customer wrote since", async ({
    bus,
    coordination,
  }) => {
    let crashed = false;
    const talk = setup(
      { bus, coordination },
      {
        beforeCommit: async () => {
          if (crashed) return;
          crashed = true;
          throw new Error("crash");
        },
      },
    );
    await talk.says("1", "reserva");
    await expect(talk.run()).rejects.toThrow("crash");
    await talk.says("2", "¿y a las 11?");
    expect((await talk.run()).kind).toBe("committed");
    expect((await talk.run()).kind).toBe("committed");
    expect(talk.replies()).toEqual(["Reservado", "Dijiste: ¿y a las 11?"]);
    expect(talk.calls.bookings.get("proposal-1")).toBe(1);
  });
});

describe("a turn that is given up", () => {
  test("tells the customer once, moves on, and says so on the log", async ({ bus, coordination }) => {
    const talk = setup({ bus, coordination });
    await talk.says("1", "hola");
    expect(await talk.giveUp()).toBe("told");
    expect(await talk.giveUp()).toBe("nothing_to_tell");
    expect(talk.replies()).toHaveLength(1);
    expect(await talk.last("turn")).toBeGreaterThan(0);
    await talk.says("2", "¿hola?");
    expect((await talk.run()).kind).toBe("committed");
  });
});

describe("timers", () => {
  test("a burst moves its timer and keeps the time of its first message; a waiting turn does not wait twice", async ({
    bus,
    coordination,
  }) => {
    const { chat } = setup({ bus, coordination });
    const conversation = { organizationId, chat };
    const timers = createTurnTimers(bus, debounce, () => new Date());
    const first = new Date(Date.now() - 25_000);
    await timers.armBurst(conversation, first);
    await timers.armBurst(conversation, new Date());
    const subject = timerSubject("turn", organizationId, chat);
    const pending = await bus.readTimer(subject);
    expect(pending?.headers[FIRST_AT_HEADER]).toBe(first.toISOString());
    expect(pending?.at.getTime()).toBe(first.getTime() + debounce.debounceMaxMs);
    await timers.armLater(conversation, new Date(), "busy", new Date());
    expect((await bus.readTimer(subject))?.at).toEqual(pending?.at);
    const due = dueSubject("turn", organizationId, chat);
    await timers.armIfWaiting(conversation, new Date());
    expect(await bus.lastSequence(due)).toBe(0);
    await timers.armNow(conversation, first);
    expect(await bus.lastSequence(due)).toBeGreaterThan(0);
  });
});
