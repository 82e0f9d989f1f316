import { describe, expect, test } from "vitest";
import { ana, freeDay, services } from "./aurora.ts";
import { at, book, createDialogue, day } from "./dialogue.ts";

const tuesday = freeDay("2026-11-24", ["09:00", "10:00", "11:00", "15:00", "16:00"]);
const facialOnTuesday = { service_id: services.facial.id, day: day("weekday", { weekday: "tuesday" }) };

describe("a straightforward booking", () => {
  test("takes few messages and few model calls", async () => {
    const talk = createDialogue({
      facts: { contact: null, consent: null },
      free: tuesday,
      script: {
        "quiero una cita": book({}),
        "el martes en la tarde": book({ day: day("weekday", { weekday: "tuesday" }), part_of_day: "afternoon" }),
        "Laura Gómez": ["give_name", { first_name: "Laura", last_name: "Gómez" }],
      },
    });
    expect(await talk.says("hola")).toContain("Aurora Estética");
    expect(await talk.says("quiero una cita")).toContain("¿Qué servicio te interesa?");
    expect(await talk.taps("Limpieza facial")).toContain("¿Para qué día");
    expect(await talk.says("el martes en la tarde")).toBe(
      "Para Limpieza facial el martes 24 de noviembre tengo:\n1. 3:00 p. m., con Ana Ruiz\n2. 4:00 p. m., con Ana Ruiz\n¿Cuál te sirve? También puedes decirme otro día u hora.",
    );
    expect(await talk.says("a las 3")).toContain("¿A nombre de quién");
    expect(await talk.says("Laura Gómez")).toBe(
      "Revisemos tu cita:\n• *Limpieza facial* (60 min · $120.000)\n• martes 24 de noviembre, 3:00 p. m.\n• Con Ana Ruiz\n• A nombre de Laura Gómez\n¿La agendo?",
    );
    expect(await talk.says("sí, por favor")).toContain(
      "¡Listo! Tu cita quedó agendada ✅\n• *Limpieza facial*\n• martes 24 de noviembre, 3:00 p. m.\n• Te atiende Ana Ruiz",
    );
    expect(talk.model.requests).toHaveLength(3);
    expect(talk.effects("book_appointment")).toEqual([
      {
        proposalId: expect.any(String),
        serviceId: services.facial.id,
        memberId: ana.id,
        startsAt: "2026-11-24T15:00:00-05:00",
        firstName: "Laura",
        lastName: "Gómez",
      },
    ]);
    expect(await talk.taps("Sí, por favor")).toContain("te enviaré recordatorios");
    expect(talk.effects("record_consent")).toMatchObject([{ type: "opt_in" }]);
    expect(talk.states).toEqual(["supervisor.listening"]);
  });

  test("takes one message and a yes when everything was said", async () => {
    const words = "Hola, quiero una limpieza facial el martes a las 10, soy Laura Gómez";
    const talk = createDialogue({
      facts: { contact: null },
      free: tuesday,
      script: { [words]: book({ ...facialOnTuesday, time: at(10), first_name: "Laura", last_name: "Gómez" }) },
    });
    expect(await talk.says(words)).toContain("martes 24 de noviembre, 10:00 a. m.");
    expect(talk.effects("book_appointment")).toEqual([]);
    expect(await talk.taps("Sí, agendar")).toContain("quedó agendada");
    expect(talk.model.requests).toHaveLength(1);
  });

  test("does not ask the name of a known contact, nor for reminders of one who was asked before", async () => {
    const talk = createDialogue({ free: tuesday, script: { cita: book({ ...facialOnTuesday, time: at(10) }) } });
    await talk.says("cita").then((text) => expect(text).toContain("¿Te refieres a *Limpieza facial*"));
    expect(await talk.says("sí")).toContain("A nombre de Laura Gómez");
    expect(await talk.says("dale")).not.toContain("recordatorios");
    expect(talk.effects("record_consent")).toEqual([]);
  });
});

describe("when the database decides otherwise", () => {
  const script = { "limpieza facial el martes a las 10": book({ ...facialOnTuesday, time: at(10) }) };

  test("a slot taken meanwhile leads to alternatives, and a new yes", async () => {
    const talk = createDialogue({ free: tuesday, script });
    await talk.says("limpieza facial el martes a las 10");
    talk.world.free = talk.world.free.filter(({ startTime }) => startTime !== "10:00");
    const text = await talk.says("sí");
    expect(text).toContain("Esa hora (10:00 a. m.) se acaba de ocupar.");
    expect(text).toContain("11:00 a. m.");
    expect(text).not.toContain("agendada");
    await talk.says("a las 11");
    await talk.says("sí");
    const keys = (talk.effects("book_appointment") as { proposalId: string }[]).map(({ proposalId }) => proposalId);
    expect(new Set(keys).size).toBe(2);
  });

  test("a name it misses is asked, and the booking goes on", async () => {
    const talk = createDialogue({
      free: tuesday,
      refusals: ["name_required"],
      script: { ...script, "Laura Gómez": ["give_name", { first_name: "Laura", last_name: "Gómez" }] },
    });
    await talk.says("limpieza facial el martes a las 10");
    expect(await talk.says("sí")).toContain("¿A nombre de quién");
    expect(await talk.says("Laura Gómez")).toContain("A nombre de Laura Gómez");
    expect(await talk.says("sí")).toContain("quedó agendada");
  });

  test("any other refusal is said honestly and a person offered", async () => {
    const talk = createDialogue({ free: tuesday, refusals: ["identity_not_found"], script });
    await talk.says("limpieza facial el martes a las 10");
    expect(await talk.says("sí")).toBe(
      "No pude agendar la cita.\n\n¿Quieres que te comunique con una persona del equipo?",
    );
  });
});
