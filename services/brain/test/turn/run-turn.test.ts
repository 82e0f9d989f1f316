import { dueSubject, timerSubject } from "@skytide/events";
import { describe, expect } from "vitest";
import { createTurnTimers, FIRST_AT_HEADER } from "../../src/timers.ts";
import { createTurn } from "../../src/turn/index.ts";
import { organizationId, received } from "../events.ts";
import { scriptedChart } from "./scripted-chart.ts";
import { debounce, noSignal, setup, test } from "./talk.ts";

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
    expect(rebuilt).toMatchObject({ kind: "committed", report: { rebuilt: "unreadable" } });
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
    const timers = createTurnTimers(
      bus,
      () => debounce,
      () => new Date(),
    );
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
