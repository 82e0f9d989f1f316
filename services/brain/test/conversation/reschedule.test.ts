import { describe, expect, test } from "vitest";
import { ana, appointmentOn, freeDay, services, sofia } from "./aurora.ts";
import { at, book, change, createDialogue, day, type Script } from "./dialogue.ts";

const facial = appointmentOn("a-facial", "2026-11-24", "10:00");
const massage = appointmentOn("a-massage", "2026-11-27", "15:00", services.massage);
const thursday = day("weekday", { weekday: "thursday" });
const free = [
  ...freeDay("2026-11-24", ["09:00", "10:00"]),
  ...freeDay("2026-11-26", ["09:00", "10:00"], sofia),
  ...freeDay("2026-11-26", ["09:00", "15:00", "16:00"]),
];
const script: Script = {
  "quiero mover mi cita": change("move"),
  "pasa mi cita del martes para el jueves a las 3": change("move", {
    day: day("weekday", { weekday: "tuesday" }),
    new_day: thursday,
    new_time: at(3),
  }),
  "el jueves": book({ day: thursday }),
  "mejor a las 4": book({ time: at(4) }),
  "¿cuánto dura?": ["ask_knowledge", { question: "¿Cuánto dura?", service_id: null }],
  "mejor agéndame un masaje": book({ service_id: services.massage.id }),
  "mejor cancélala del todo": change("cancel"),
};
const start = (appointments = [facial], options = {}) =>
  createDialogue({ facts: { appointments }, free, script, ...options });

describe("moving an appointment", () => {
  test("asks for the day, offers the same person's times, shows both, and moves on an explicit yes", async () => {
    const talk = start();
    expect(await talk.says("quiero mover mi cita")).toContain("martes 24 de noviembre, 10:00 a. m.");
    const offered = await talk.says("el jueves");
    expect(offered).toContain("Para Limpieza facial el jueves 26 de noviembre tengo:\n1. 9:00 a. m., con Ana Ruiz");
    expect(offered).not.toContain("Sofía");
    expect(talk.effects("check_availability")).toMatchObject([
      { memberId: ana.id, exceptAppointmentId: "a-facial", serviceId: services.facial.id },
    ]);
    expect(await talk.says("a las 3")).toBe(
      "Revisemos el cambio:\n• *Limpieza facial*\n• Antes: martes 24 de noviembre, 10:00 a. m.\n• Ahora: jueves 26 de noviembre, 3:00 p. m.\n• Con Ana Ruiz\n¿Hago el cambio?",
    );
    expect(talk.effects("reschedule_appointment")).toEqual([]);
    expect(await talk.says("sí, cámbiala")).toContain("quedó cambiada ✅\n• *Limpieza facial*\n• jueves 26");
    expect(talk.effects("reschedule_appointment")).toEqual([
      {
        proposalId: expect.any(String),
        appointmentId: "a-facial",
        memberId: ana.id,
        startsAt: "2026-11-26T15:00:00-05:00",
      },
    ]);
    expect(talk.states).toEqual(["supervisor.listening"]);
  });

  test("takes one message and a yes when everything was said", async () => {
    const talk = start([facial, massage]);
    expect(await talk.says("pasa mi cita del martes para el jueves a las 3")).toContain("Ahora: jueves 26");
    expect(await talk.taps("Sí, cambiarla")).toContain("quedó cambiada");
    expect(talk.model.requests).toHaveLength(1);
  });

  test("asks which of several, and keeps the new day that was said", async () => {
    const talk = start([facial, massage], {
      script: { "mueve mi cita para el jueves": change("move", { new_day: thursday }) },
    });
    expect(await talk.says("mueve mi cita para el jueves")).toContain("¿Cuál quieres cambiar?");
    expect(await talk.says("1")).toContain("Para Limpieza facial el jueves 26 de noviembre tengo:");
  });

  test("never offers the time that it has", async () => {
    const talk = start([facial], {
      script: { ...script, "el martes": book({ day: day("date", { day: 24, month: 11 }) }) },
    });
    await talk.says("quiero mover mi cita");
    expect(await talk.says("el martes")).not.toContain("10:00");
  });

  test("where the same person has no time, others are offered, and said so", async () => {
    const talk = start([facial], { free: freeDay("2026-11-26", ["10:00", "11:00"], sofia) });
    await talk.says("quiero mover mi cita");
    expect(await talk.says("el jueves")).toMatch(/^Con la misma persona no hay horarios.*con Sofía Gil/s);
  });

  test("a full day leads to the nearest days after it, no time at all to a person", async () => {
    const talk = start([facial], { free: freeDay("2026-11-30", ["10:00", "11:00"]) });
    await talk.says("quiero mover mi cita");
    expect(await talk.says("el jueves")).toMatch(/no hay horarios disponibles.*lunes 30 de noviembre/s);
    const none = start([facial], { free: [] });
    await none.says("quiero mover mi cita");
    expect(await none.says("el jueves")).toMatch(/No encontré horarios.*persona del equipo/s);
  });
});

describe("in the middle of it", () => {
  const atSummary = async (options = {}) => {
    const talk = start([facial, massage], options);
    await talk.says("pasa mi cita del martes para el jueves a las 3");
    expect(talk.states).toEqual(["reschedule.confirming"]);
    return talk;
  };

  test("a side question is answered and the same proposal asked again", async () => {
    const talk = await atSummary({ writes: ["Dura 60 minutos."] });
    const yes = talk.payloadOf("Sí, cambiarla");
    expect(await talk.says("¿cuánto dura?")).toMatch(/^Dura 60 minutos\.\n\nRevisemos el cambio/);
    expect(talk.payloadOf("Sí, cambiarla")).toBe(yes);
  });

  test("a correction makes a new proposal, and the old button is old", async () => {
    const talk = await atSummary();
    const old = talk.payloadOf("Sí, cambiarla");
    expect(await talk.says("mejor a las 4")).toContain("Ahora: jueves 26 de noviembre, 4:00 p. m.");
    expect(await talk.tapsPayload(old, "Sí, cambiarla")).toContain("ya no está vigente");
    await talk.says("sí");
    expect(talk.effects("reschedule_appointment")).toMatchObject([{ startsAt: "2026-11-26T16:00:00-05:00" }]);
  });

  test("another of the own appointments takes nothing over that was offered for the first", async () => {
    const talk = await atSummary({
      script: { ...script, "no, el masaje": change("move", { service_id: services.massage.id }) },
    });
    expect(await talk.says("no, el masaje")).toContain("*Masaje relajante*");
    expect(talk.effects("check_availability").at(-1)).toMatchObject({ serviceId: services.massage.id });
  });

  test("a no asks for another time, a second one leaves it as it was", async () => {
    const talk = await atSummary({ script: { ...script, "no la muevas": ["decline"] } });
    expect(await talk.says("no")).toContain("¿Para qué día la cambiamos?");
    expect(await talk.says("no la muevas")).toContain("sigue como estaba");
    expect(talk.effects("reschedule_appointment")).toEqual([]);
  });

  test("another wish is followed: a new booking, a cancellation, a person", async () => {
    expect(await (await atSummary()).says("mejor agéndame un masaje")).toContain("tu cita de Masaje relajante?");
    expect(await (await atSummary()).says("mejor cancélala del todo")).toContain("*Limpieza facial*");
    const talk = await atSummary();
    await talk.says("pásame un asesor");
    expect(talk.states).toEqual(["escalation.awaitingNotice"]);
  });

  test("times offered half an hour ago are checked again before anything is moved", async () => {
    const talk = await atSummary();
    talk.world.facts = { ...talk.world.facts, now: "2026-11-22T20:00:00.000Z" };
    expect(await talk.says("sí")).toContain("Revisemos el cambio");
    expect(talk.effects("reschedule_appointment")).toEqual([]);
    expect(await talk.says("sí")).toContain("quedó cambiada");
  });

  test("cancelled by the team meanwhile, nothing is moved", async () => {
    const talk = await atSummary();
    talk.world.facts = { appointments: [] };
    expect(await talk.says("sí")).toContain("ya no aparece activa");
    expect(talk.effects("reschedule_appointment")).toEqual([]);
  });
});

describe("when the database decides otherwise", () => {
  test("a time taken meanwhile leads to alternatives and a new yes", async () => {
    const talk = start();
    await talk.says("pasa mi cita del martes para el jueves a las 3");
    talk.world.free = talk.world.free.filter(({ startTime }) => startTime !== "15:00");
    const text = await talk.says("sí");
    expect(text).toContain("Esa hora (3:00 p. m.) se acaba de ocupar.");
    expect(text).not.toContain("quedó cambiada");
    await talk.says("a las 4");
    expect(await talk.says("sí")).toContain("quedó cambiada");
    const keys = (talk.effects("reschedule_appointment") as { proposalId: string }[]).map((one) => one.proposalId);
    expect(new Set(keys).size).toBe(2);
  });

  test.each([
    ["too_late", /muy próxima.*¿Quieres que te comunique/s],
    ["not_reschedulable", /ya no aparece activa/],
    ["needs_assessment", /No pude cambiar la cita.*¿Quieres que te comunique/s],
  ])("any other refusal is said honestly: %s", async (code, answer) => {
    const talk = start([facial], { refusals: [code] });
    await talk.says("pasa mi cita del martes para el jueves a las 3");
    const text = await talk.says("sí");
    expect(text).toMatch(answer);
    expect(text).not.toContain("quedó cambiada");
  });
});
