import { describe, expect, test } from "vitest";
import { appointmentOn, freeDay, services } from "./aurora.ts";
import { book, change, createDialogue, day } from "./dialogue.ts";

const facial = appointmentOn("a-facial", "2026-11-24", "10:00");
const massage = appointmentOn("a-massage", "2026-11-27", "15:00", services.massage);
const free = freeDay("2026-11-26", ["09:00", "15:00"]);
const script = {
  "el jueves": book({ day: day("weekday", { weekday: "thursday" }) }),
  "quiero un masaje": book({ service_id: services.massage.id }),
  "quiero cancelar mi cita": change("cancel"),
};

type Action = "confirm" | "move" | "cancel";
const TITLES = { confirm: "Confirmo", move: "Reprogramar", cancel: "Cancelar" } as const;

const start = (facts = {}) => createDialogue({ facts: { appointments: [facial, massage], ...facts }, free, script });
const taps = (talk: ReturnType<typeof start>, action: Action, of: { id: string; startsAt: string } = facial) => {
  const button = { action, appointmentId: of.id, startsAt: new Date(of.startsAt).toISOString() };
  return talk.hears([{ id: "t", kind: "tap", text: TITLES[action], tapPayload: "reminder.signed", button }]);
};

describe("a fresh button of a reminder, without a model", () => {
  test("Confirmo confirms exactly its appointment, with no further question", async () => {
    const talk = start();
    expect(await taps(talk, "confirm", massage)).toContain("quedó confirmada ✅\n• *Masaje relajante*\n• viernes 27");
    expect(talk.effects("confirm_appointment")).toEqual([{ appointmentId: "a-massage" }]);
    expect(talk.decidedBy).toBe("code");
    expect(talk.model.requests).toEqual([]);
    expect(talk.states).toEqual(["supervisor.listening"]);
  });

  test("Confirmo twice is confirmed once, and said so", async () => {
    const talk = start();
    await taps(talk, "confirm");
    expect(await taps(talk, "confirm")).toContain("ya está confirmada");
    expect(talk.effects("confirm_appointment")).toHaveLength(1);
  });

  test("Reprogramar asks for the day of exactly its appointment and goes the whole way", async () => {
    const talk = start();
    expect(await taps(talk, "move")).toContain("Limpieza facial*\n• martes 24 de noviembre, 10:00 a. m.");
    expect(talk.states).toEqual(["reschedule.choosingDate"]);
    expect(await talk.says("el jueves")).toContain("9:00 a. m.");
    await talk.says("1");
    expect(await talk.says("sí")).toContain("quedó cambiada");
    expect(talk.effects("reschedule_appointment")).toMatchObject([{ appointmentId: "a-facial" }]);
  });

  test("Cancelar shows exactly its appointment and cancels only on an explicit yes", async () => {
    const talk = start();
    expect(await taps(talk, "cancel")).toMatch(/martes 24 de noviembre, 10:00.*¿La cancelo\?/s);
    expect(talk.effects("cancel_appointment")).toEqual([]);
    expect(await talk.taps("Sí, cancelar")).toContain("quedó cancelada");
    expect(talk.effects("cancel_appointment")).toEqual([{ appointmentId: "a-facial" }]);
    expect(talk.model.requests).toEqual([]);
  });

  test("Cancelar and then a no leaves it as it was", async () => {
    const talk = start();
    await taps(talk, "cancel");
    expect(await talk.says("no")).toContain("sigue como estaba");
    expect(talk.effects("cancel_appointment")).toEqual([]);
  });

  test("a tap in the middle of something else is followed, and what was being arranged is left", async () => {
    const talk = start();
    await talk.says("quiero un masaje");
    expect(await taps(talk, "confirm")).toContain("quedó confirmada");
    expect(talk.states).toEqual(["supervisor.listening"]);
    await talk.says("quiero cancelar mi cita");
    expect(await taps(talk, "move")).toContain("¿Para qué día la cambiamos?");
  });

  test("where the organization wants to know earlier, a person is offered", async () => {
    const talk = createDialogue({ facts: { appointments: [facial] }, refusals: ["too_late"] });
    await taps(talk, "cancel");
    expect(await talk.says("sí")).toMatch(/muy próxima.*persona del equipo/s);
  });
});

describe("a stale button of a reminder", () => {
  const later = { ...facial, startsAt: "2026-11-25T11:00:00-05:00", date: "2026-11-25", startTime: "11:00" };

  test("of a moved appointment shows how it stands now, and asks", async () => {
    const talk = start({ appointments: [later] });
    expect(await taps(talk, "confirm")).toMatch(
      /cambió después de ese recordatorio.*miércoles 25.*¿Confirmas que asistes/s,
    );
    expect(talk.effects("confirm_appointment")).toEqual([]);
    expect(await talk.says("sí")).toContain("quedó confirmada");
  });

  test("of an appointment moved behind the old time is not taken for over", async () => {
    const talk = start({ appointments: [later], now: "2026-11-24T16:00:00.000Z" });
    expect(await taps(talk, "cancel")).toMatch(/cambió después.*¿La cancelo\?/s);
  });

  test.each(["confirm", "move", "cancel"] as const)(
    "of a cancelled appointment says that it is gone: %s",
    async (action) => {
      const talk = start({ appointments: [] });
      expect(await taps(talk, action)).toContain("ya no aparece activa");
      expect(talk.calls).toEqual([]);
      expect(talk.states).toEqual(["supervisor.listening"]);
    },
  );

  test("of an appointment that is over says so", async () => {
    const talk = start({ appointments: [], now: "2026-11-24T16:00:00.000Z" });
    expect(await taps(talk, "confirm")).toContain("ya pasó");
    expect(talk.calls).toEqual([]);
  });

  test("of somebody else's appointment does nothing", async () => {
    const talk = start({ appointments: [massage] });
    expect(await taps(talk, "cancel", { id: "a-of-somebody-else", startsAt: facial.startsAt })).toContain(
      "ya no aparece",
    );
    expect(talk.calls).toEqual([]);
  });

  test("that nobody of ours signed is an old button, whatever it says", async () => {
    const talk = start();
    const forged = {
      id: "t",
      kind: "tap",
      text: "Confirmo",
      tapPayload: "reminder.forged",
      button: "invalid",
    } as const;
    expect(await talk.hears([forged])).toContain("ya no está vigente");
    expect(await talk.tapsPayload("reminder.unread")).toContain("ya no está vigente");
    expect(talk.calls).toEqual([]);
    expect(talk.model.requests).toEqual([]);
  });
});
