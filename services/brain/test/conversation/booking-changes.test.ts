import { describe, expect, test } from "vitest";
import { freeDay, services } from "./aurora.ts";
import { at, book, createDialogue, day } from "./dialogue.ts";

const tuesday = freeDay("2026-11-24", ["09:00", "10:00", "11:00", "15:00", "16:00"]);
const facialOnTuesday = { service_id: services.facial.id, day: day("weekday", { weekday: "tuesday" }) };

describe("in the middle of a booking", () => {
  const script = {
    "limpieza facial el martes a las 10": book({ ...facialOnTuesday, time: at(10) }),
    "¿y cuánto dura?": ["ask_knowledge", { question: "¿Cuánto dura la limpieza facial?", service_id: null }] as [
      string,
      Record<string, unknown>,
    ],
    "mejor a las 11": book({ time: at(11) }),
    "sí\nmejor a las 11": book({ time: at(11) }),
    "mejor un masaje relajante": book({ service_id: services.massage.id }),
    "ya no quiero nada": ["stop_booking"] as [string],
    "el jueves mejor": book({ day: day("weekday", { weekday: "thursday" }) }),
  };
  const start = async (options = {}) => {
    const talk = createDialogue({ free: tuesday, script, ...options });
    await talk.says("limpieza facial el martes a las 10");
    expect(talk.states).toEqual(["appointment.confirming"]);
    return talk;
  };

  test("a side question is answered and the same proposal asked again", async () => {
    const talk = await start({ writes: ["Dura 60 minutos."] });
    const button = talk.payloadOf("Sí, agendar");
    expect(await talk.says("¿y cuánto dura?")).toMatch(/^Dura 60 minutos\.\n\nRevisemos tu cita:/);
    expect(talk.payloadOf("Sí, agendar")).toBe(button);
    expect(await talk.says("sí")).toContain("quedó agendada");
  });

  test("a correction of the hour makes a new proposal", async () => {
    const talk = await start();
    const old = talk.payloadOf("Sí, agendar");
    expect(await talk.says("mejor a las 11")).toContain("martes 24 de noviembre, 11:00 a. m.");
    expect(await talk.tapsPayload(old, "Sí, agendar")).toContain("Esa opción ya no está vigente");
    expect(talk.effects("book_appointment")).toEqual([]);
    await talk.says("listo");
    expect(talk.effects("book_appointment")).toMatchObject([{ startsAt: "2026-11-24T11:00:00-05:00" }]);
  });

  test("a yes followed by a correction in one burst is a correction", async () => {
    const talk = await start();
    expect(await talk.says("sí", "mejor a las 11")).toContain("11:00 a. m.");
    expect(talk.effects("book_appointment")).toEqual([]);
    expect(talk.model.requests.at(-1)?.allowed).not.toContain("accept");
  });

  test("another service asks for its own free hours", async () => {
    const talk = await start();
    expect(await talk.says("mejor un masaje relajante")).toContain("*Masaje relajante*");
    expect(talk.effects("check_availability").at(-1)).toMatchObject({ serviceId: services.massage.id });
  });

  test("another day keeps the hour", async () => {
    const talk = await start({ free: [...tuesday, ...freeDay("2026-11-26", ["10:00", "14:00"])] });
    expect(await talk.says("el jueves mejor")).toContain("jueves 26 de noviembre, 10:00 a. m.");
  });

  test("a no asks what to change, a change of mind ends it", async () => {
    const talk = await start();
    expect(await talk.says("no")).toContain("¿Qué quieres cambiar");
    expect(await talk.says("ya no quiero nada")).toContain("no agendo nada");
    expect(talk.states).toEqual(["supervisor.listening"]);
  });

  test("a greeting and thanks do not lose it", async () => {
    const talk = await start();
    expect(await talk.says("buenas tardes")).toContain("Revisemos tu cita");
  });

  test("hours offered half an hour ago are checked again before anything is booked", async () => {
    const talk = await start();
    talk.world.facts = { ...talk.world.facts, now: "2026-11-22T20:00:00.000Z" };
    expect(await talk.says("sí")).toContain("Revisemos tu cita");
    expect(talk.effects("book_appointment")).toEqual([]);
    expect(await talk.says("sí")).toContain("quedó agendada");
  });
});
