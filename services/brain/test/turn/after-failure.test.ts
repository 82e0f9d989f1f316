import { conversationSubject, createEvent, type EventOf } from "@skytide/events";
import { describe, expect } from "vitest";
import { chart } from "../../src/conversation/index.ts";
import { createTurn } from "../../src/turn/index.ts";
import { services } from "../conversation/aurora.ts";
import { at, book, day } from "../conversation/dialogue.ts";
import { organizationId } from "../events.ts";
import { scriptedChart } from "./scripted-chart.ts";
import { noSignal, setup, test } from "./talk.ts";
import { createWorld } from "./world.ts";

const SUNDAY_NOON = Date.parse("2026-11-22T19:05:00.000Z");
const WANTED = "quiero una limpieza facial el martes a las 10";
const script = {
  [WANTED]: book({ service_id: services.facial.id, day: day("weekday", { weekday: "tuesday" }), time: at(10) }),
};

/** A conversation of the real chart whose clock a test may move. */
function bookingTalk(fixtures: Parameters<typeof setup>[0]) {
  const world = createWorld(script);
  const began = Date.now();
  const clock = { aheadMs: 0 };
  const now = () => new Date(SUNDAY_NOON + Date.now() - began + clock.aheadMs);
  return { world, clock, talk: setup(fixtures, { chart, world, now }) };
}

describe("a customer whose turns fail", () => {
  test("is told each time, and a person is asked for after as many as the organization allows", async ({
    bus,
    coordination,
  }) => {
    const { talk, world } = bookingTalk({ bus, coordination });
    await talk.says("1", "hola");
    expect(await talk.giveUp()).toBe("told");
    expect((await talk.state())?.failedTurns).toBe(1);
    await talk.says("2", "¿hola?");
    expect(await talk.giveUp()).toBe("escalated");
    expect([...world.done.keys()].filter((key) => key.startsWith("escalate"))).toHaveLength(1);
    expect(world.calls.model).toBe(0);
    const { replies } = await talk.readLog();
    expect(replies).toHaveLength(2);
    const handoff = await bus.readLane(conversationSubject(organizationId, talk.chat, "handoff"), 0);
    expect(handoff.map(({ event }) => event.type)).toEqual(["escalation.raised"]);
    await talk.happens("escalation.notified", { escalationId: world.ESCALATION, recipients: 1 });
    expect(await talk.run()).toMatchObject({ kind: "committed", report: { conversed: { answering: true } } });
    expect((await talk.readLog()).replies.at(-1)).toMatch(/ya avisé/);
  });

  test("is counted anew after a turn that was answered", async ({ bus, coordination }) => {
    const { talk } = bookingTalk({ bus, coordination });
    await talk.says("1", "hola");
    await talk.giveUp();
    await talk.says("2", WANTED);
    expect((await talk.run()).kind).toBe("committed");
    expect((await talk.state())?.failedTurns).toBeUndefined();
  });

  test("hears nothing from an agent that is switched off", async ({ bus, coordination }) => {
    const talk = setup({ bus, coordination }, { agentEnabled: false });
    await talk.says("1", "hola");
    expect(await talk.giveUp()).toBe("nothing_to_tell");
    expect((await talk.readLog()).replies).toEqual([]);
  });
});

describe("a state that cannot be read", () => {
  test("is put together from the messages: what was said is known, what was answered stays answered", async ({
    bus,
    coordination,
  }) => {
    const talk = setup({ bus, coordination });
    for (const [id, words] of ["hola", "quiero una cita"].entries()) {
      await talk.says(String(id), words);
      await talk.run();
    }
    const state = await talk.state();
    if (state === undefined) throw new Error("no state");
    const damaged = createEvent({
      type: "state.committed",
      ...{ id: `${talk.chat}-damaged`, source: "test", time: new Date(), organizationId, chat: talk.chat },
      data: { ...state, snapshot: { nonsense: true }, history: [], seen: [] },
    });
    await bus.publish(damaged);
    await talk.says("3", "sigo aquí");
    expect(await talk.run()).toMatchObject({ kind: "committed", report: { rebuilt: "unreadable" } });
    expect(talk.replies().at(-1)).toBe("Dijiste: sigo aquí");
    expect((await talk.state())?.history.map(({ text }) => text)).toEqual([
      "hola",
      "Dijiste: hola",
      "quiero una cita",
      "Dijiste: quiero una cita",
      "sigo aquí",
      "Dijiste: sigo aquí",
    ]);
  });

  test("of another stream neither skips nor repeats a message", async ({ bus, coordination }) => {
    const talk = setup({ bus, coordination });
    await talk.says("1", "hola");
    await talk.run();
    const state = await talk.state();
    if (state === undefined) throw new Error("no state");
    const cursor = { inbound: 4_000_000, handoff: 0, streamCreatedAt: "another stream" };
    await bus.publish(
      createEvent({
        type: "state.committed",
        ...{ id: `${talk.chat}-moved`, source: "test", time: new Date(), organizationId, chat: talk.chat },
        data: { ...state, cursor, seen: [] },
      }),
    );
    await talk.says("2", "¿y mañana?");
    expect(await talk.run()).toMatchObject({ kind: "committed", report: { rebuilt: "other_stream" } });
    expect(talk.replies()).toEqual(["Dijiste: hola", "Dijiste: ¿y mañana?"]);
  });

  test("of a newer version is read by nobody else for as long as a rollout may take", async ({ bus, coordination }) => {
    const clock = { aheadMs: 0 };
    const now = () => new Date(Date.now() + clock.aheadMs);
    const talk = setup({ bus, coordination }, { chart: scriptedChart(2), now });
    await talk.says("1", "hola");
    await talk.run();
    await talk.says("2", "sigo aquí");
    const older = createTurn({ ...talk.deps, chart: scriptedChart(1) });
    const run = () => older({ organizationId, chat: talk.chat, signal: noSignal });
    expect((await run()).kind).toBe("newer_version");
    clock.aheadMs = 901_000;
    expect(await run()).toMatchObject({ kind: "committed", report: { rebuilt: "newer_version" } });
    expect(talk.replies()).toEqual(["Dijiste: hola", "Dijiste: sigo aquí"]);
  });
});

describe("a yes", () => {
  const receipt = (chat: string, turn: string, code: string): EventOf<"reply.failed"> =>
    createEvent({
      type: "reply.failed",
      ...{ id: `${chat}-failed`, source: "outbound", time: new Date(), organizationId, chat, turn },
      data: { otherIds: [], at: new Date().toISOString(), code },
    });

  test("to a question that did not reach the customer books nothing; it is asked again", async ({
    bus,
    coordination,
  }) => {
    const { talk, world } = bookingTalk({ bus, coordination });
    await talk.says("1", WANTED);
    await talk.run();
    const asked = (await talk.state())?.asked;
    await bus.publish(receipt(talk.chat, asked?.turn ?? "", "window-closed"));
    await talk.says("2", "sí");
    expect((await talk.run()).kind).toBe("committed");
    expect([...world.done.keys()]).toEqual([]);
    expect((await talk.readLog()).replies.at(-1)).toMatch(/¿La agendo\?/);
    await talk.says("3", "sí");
    await talk.run();
    expect([...world.done.keys()]).toHaveLength(1);
  });

  test("on WhatsApp does not accept what was proposed over HTTP", async ({ bus, coordination }) => {
    const { talk, world } = bookingTalk({ bus, coordination });
    expect(await talk.invokes(WANTED)).toMatchObject({ response: expect.stringContaining("¿La agendo?") });
    await talk.says("1", "sí");
    await talk.run();
    expect([...world.done.keys()]).toEqual([]);
    expect(await talk.invokes("sí")).toMatchObject({ kind: "answered" });
    expect([...world.done.keys()]).toEqual([]);
    expect(await talk.invokes("sí")).toMatchObject({ response: expect.stringContaining("quedó agendada") });
    expect([...world.done.keys()]).toHaveLength(1);
  });
});

describe("silence after a proposal", () => {
  test("is asked about once, when the organization wants it", async ({ bus, coordination }) => {
    const { talk, world } = bookingTalk({ bus, coordination });
    const facts = world.facts;
    talk.deps.beginTurn = async () => {
      const begun = facts();
      const settings = { ...begun.organization.settings, nudgeMinutes: 30 };
      return { ...begun, organization: { ...begun.organization, settings } };
    };
    const silent = () => createTurn(talk.deps)({ organizationId, chat: talk.chat, signal: noSignal, silent: true });
    await talk.says("1", WANTED);
    await createTurn(talk.deps)({ organizationId, chat: talk.chat, signal: noSignal });
    expect(await talk.nudge()).not.toBeNull();
    expect((await silent()).kind).toBe("committed");
    expect((await silent()).kind).toBe("nothing_new");
    const { replies } = await talk.readLog();
    expect(replies).toHaveLength(2);
    expect(replies[1]).toMatch(/¿La agendo\?/);
  });

  test("is left alone where the organization set no time", async ({ bus, coordination }) => {
    const { talk } = bookingTalk({ bus, coordination });
    await talk.says("1", WANTED);
    await talk.run();
    expect(await talk.nudge()).toBeNull();
    const silent = await createTurn(talk.deps)({
      organizationId,
      chat: talk.chat,
      signal: noSignal,
      silent: true,
    });
    expect(silent.kind).toBe("nothing_new");
  });
});
