import { readButton } from "@skytide/events";
import { describe, expect, test } from "vitest";
import { buttonKeys, Crash, chat, createReminderRoom, key } from "./reminder-room.ts";

const END = "2026-12-31T00:00:00.000Z";

describe("the timeline of an appointment", () => {
  test("booked: reminded once, a day before, with what and when, and three buttons", async () => {
    const room = createReminderRoom();
    await room.hear();
    expect(room.world.timer).toEqual(new Date("2026-11-23T15:00:00Z"));
    await room.until(END);
    const [reply, ...more] = room.replies();
    expect(more).toEqual([]);
    expect(reply).toMatchObject({
      type: "reply.requested",
      source: "skytide/notifier",
      chat,
      data: { closing: false, reminder: { appointmentId: key.appointmentId, startsAt: "2026-11-24T15:00:00.000Z" } },
    });
    const [message] = reply?.data.messages ?? [];
    expect(message).toMatchObject({
      kind: "template",
      parameters: ["Laura", "Aurora Estética", "Limpieza facial con Ana Ruiz", "martes, 24 de noviembre, 10:00 a. m."],
      text: expect.stringContaining("Limpieza facial con Ana Ruiz\nmartes, 24 de noviembre"),
    });
    const buttons = message?.kind === "template" ? (message.buttons ?? []) : [];
    expect(buttons.map(({ title }) => title)).toEqual(["Confirmo", "Reprogramar", "Cancelar"]);
    const conversation = { organizationId: key.organizationId, chat };
    expect(buttons.map(({ payload }) => readButton(buttonKeys, conversation, payload))).toEqual(
      (["confirm", "move", "cancel"] as const).map((action) => ({
        action,
        appointmentId: key.appointmentId,
        startsAt: new Date("2026-11-24T15:00:00Z"),
      })),
    );
  });

  test("paused by an operator: reminded when the pause is over, if that is early enough", async () => {
    for (const [over, replies] of [
      ["2026-11-23T18:00:00.000Z", 1],
      ["2026-11-24T14:50:00.000Z", 0],
    ] as const) {
      const room = createReminderRoom();
      await room.hear();
      room.change({ paused: true });
      await room.until(over);
      expect(room.replies()).toEqual([]);
      room.change({ paused: false });
      await room.until(END);
      expect(room.replies()).toHaveLength(replies);
    }
  });

  test("moved: the timer moves with it, to either side", async () => {
    const room = createReminderRoom();
    await room.hear();
    room.change({ startsAt: "2026-11-27T15:00:00.000Z", arrangedAt: "2026-11-22T16:00:00.000Z" });
    await room.hear();
    expect(room.world.timer).toEqual(new Date("2026-11-26T15:00:00Z"));
    await room.until("2026-11-25T00:00:00.000Z");
    expect(room.replies()).toEqual([]);
    room.change({ startsAt: "2026-11-26T20:00:00.000Z", arrangedAt: "2026-11-25T00:00:00.000Z" });
    await room.hear();
    await room.until(END);
    expect(room.replies().map(({ data }) => data.reminder?.startsAt)).toEqual(["2026-11-26T20:00:00.000Z"]);
  });

  test("moved after its reminder: the new time is reminded of as well", async () => {
    const room = createReminderRoom();
    await room.hear();
    await room.until("2026-11-23T16:00:00.000Z");
    room.change({ startsAt: "2026-11-30T15:00:00.000Z", arrangedAt: "2026-11-23T16:00:00.000Z" });
    await room.hear();
    await room.until(END);
    expect(room.replies().map(({ data }) => data.reminder?.startsAt)).toEqual([
      "2026-11-24T15:00:00.000Z",
      "2026-11-30T15:00:00.000Z",
    ]);
  });

  test("moved without anybody hearing of it: what fires looks, and waits for the new time", async () => {
    const room = createReminderRoom();
    await room.hear();
    room.change({ startsAt: "2026-11-27T15:00:00.000Z", arrangedAt: "2026-11-22T16:00:00.000Z" });
    await room.until("2026-11-24T00:00:00.000Z");
    expect(await room.outcome("moved")).toBe(1);
    expect(room.world.timer).toEqual(new Date("2026-11-26T15:00:00Z"));
  });

  test("cancelled: the timer is gone; unheard of, nothing is sent either", async () => {
    const room = createReminderRoom();
    await room.hear();
    room.change({ status: "cancelada" });
    await room.hear();
    expect(room.world.timer).toBeNull();
    await room.fire();
    expect(room.replies()).toEqual([]);
    expect(await room.outcome("not_active")).toBe(1);
  });

  test("events in the wrong order end in what the database says", async () => {
    const room = createReminderRoom();
    room.change({ status: "cancelada" });
    await room.hear();
    await room.hear();
    expect(room.world.timer).toBeNull();
  });

  test("cancelled and booked again by the CRM, it is reminded of", async () => {
    const room = createReminderRoom();
    room.change({ status: "cancelada" });
    await room.hear();
    room.change({ status: "programada" });
    await room.hear();
    await room.until(END);
    expect(room.replies()).toHaveLength(1);
  });

  test("confirmed already, it is reminded of all the same", async () => {
    const room = createReminderRoom();
    room.change({ status: "confirmada" });
    await room.hear();
    await room.until(END);
    expect(room.replies()).toHaveLength(1);
  });
});

describe("when a reminder fires", () => {
  test.each([
    ["no_consent", { consent: null }],
    ["no_consent", { consent: "opt_out" }],
    ["no_customer", { customer: null }],
    ["no_template", { templateId: null }],
    ["agent_off", { agentEnabled: false }],
    ["off", { reminderMinutes: null }],
  ] as const)("nothing leaves: %s", async (outcome, facts) => {
    const room = createReminderRoom();
    await room.hear();
    room.change(facts);
    await room.until("2026-11-23T16:00:00.000Z");
    expect(room.replies()).toEqual([]);
    expect(await room.outcome(outcome)).toBe(1);
  });

  test("an appointment that is not there any more is passed over", async () => {
    const room = createReminderRoom();
    room.world.appointment = null;
    await expect(room.fire()).resolves.toBe("skipped");
  });

  test("without a signing key nothing leaves: its buttons could not be told from forged ones", async () => {
    const room = createReminderRoom();
    room.deps.buttonKeys = null;
    await room.hear();
    await room.until(END);
    expect(room.replies()).toEqual([]);
    expect(await room.outcome("no_signing_key")).toBe(1);
  });

  test("hours late because everything was down: at once, or after the quiet hours", async () => {
    const room = createReminderRoom();
    await room.until("2026-11-24T03:00:00.000Z");
    await room.fire();
    expect(room.replies()).toEqual([]);
    expect(room.world.timer).toEqual(new Date("2026-11-24T13:00:00Z"));
    await room.until(END);
    expect(room.replies()).toHaveLength(1);
  });

  test("who has no conversation yet gets one", async () => {
    const room = createReminderRoom();
    room.change({ customer: { platformUserId: "573001110001", chat: null } });
    await room.hear();
    await room.until(END);
    expect(room.opened).toMatchObject([{ platformUserId: "573001110001", chat: room.replies()[0]?.chat }]);
    expect(room.replies()[0]?.chat).toMatch(/^k1_/);
  });

  test("twice, it leaves once", async () => {
    const room = createReminderRoom();
    await room.hear();
    await room.until("2026-11-23T16:00:00.000Z");
    await expect(room.fire()).resolves.toBe("duplicate");
    expect(room.replies()).toHaveLength(1);
  });

  test.each(["after_publish_before_ack", "after_effect_before_ack"])("killed %s, it leaves once", async (point) => {
    const room = createReminderRoom();
    await room.until("2026-11-23T16:00:00.000Z");
    room.world.crashAt = point;
    await expect(room.fire()).rejects.toThrow(Crash);
    await room.fire();
    expect(room.replies()).toHaveLength(1);
  });
});

describe("a comparison with the database", () => {
  test("sets timers that were lost, at once where their time has passed, and none for what has left", async () => {
    const room = createReminderRoom();
    expect(await room.reconcile()).toBe(1);
    expect(room.world.timer).toEqual(new Date("2026-11-23T15:00:00Z"));
    room.world.timer = null;
    await room.until("2026-11-23T18:00:00.000Z");
    await room.reconcile();
    expect(room.world.timer).toEqual(new Date("2026-11-23T18:00:00Z"));
    await room.until(END);
    expect(room.replies()).toHaveLength(1);
    expect(await room.reconcile()).toBe(0);
  });

  test("takes a changed setting over", async () => {
    const room = createReminderRoom();
    await room.hear();
    room.change({ reminderMinutes: 120 });
    await room.reconcile();
    expect(room.world.timer).toEqual(new Date("2026-11-24T13:00:00Z"));
  });
});
