import { describe, expect, test } from "vitest";
import { ana, free, freeDay, services, sofia } from "./aurora.ts";
import { at, book, createDialogue, day } from "./dialogue.ts";

const tuesday = freeDay("2026-11-24", ["09:00", "10:00", "11:00", "15:00", "16:00"]);
const facialOnTuesday = { service_id: services.facial.id, day: day("weekday", { weekday: "tuesday" }) };

describe("which day and hour", () => {
  const base = { "limpieza facial": book({ service_id: services.facial.id }) };

  test("an hour that is taken gets the nearest ones", async () => {
    const talk = createDialogue({
      free: tuesday,
      script: { "limpieza facial el martes a las 2": book({ ...facialOnTuesday, time: at(2) }) },
    });
    const text = await talk.says("limpieza facial el martes a las 2");
    expect(text).toContain("A esa hora no me queda espacio");
    expect(text).toContain("3:00 p. m.");
  });

  test("an hour free in both halves of the day is asked", async () => {
    const talk = createDialogue({
      free: freeDay("2026-11-24", ["07:00", "08:00", "19:00"]),
      script: { "limpieza facial el martes a las 7": book({ ...facialOnTuesday, time: at(7) }) },
    });
    expect(await talk.says("limpieza facial el martes a las 7")).toContain(
      "1. 7:00 a. m., con Ana Ruiz\n2. 7:00 p. m.",
    );
    expect(await talk.says("7 pm")).toContain("martes 24 de noviembre, 7:00 p. m.");
  });

  test("a day with nothing free gets the next days", async () => {
    const talk = createDialogue({
      free: freeDay("2026-11-26", ["10:00", "11:00"]),
      script: {
        "limpieza facial el martes": book(facialOnTuesday),
        "mejor a las 11": book({ time: at(11) }),
      },
    });
    expect(await talk.says("limpieza facial el martes")).toContain(
      "Para el martes 24 de noviembre no hay horarios disponibles.\n\nPara Limpieza facial el jueves 26 de noviembre tengo:",
    );
    expect(await talk.says("mejor a las 11")).toContain("jueves 26 de noviembre, 11:00 a. m.");
  });

  test("nothing free anywhere is said, and a person offered; no slot is invented", async () => {
    const talk = createDialogue({ script: { "limpieza facial el martes": book(facialOnTuesday) } });
    expect(await talk.says("limpieza facial el martes")).toBe(
      "No encontré horarios de Limpieza facial en esas fechas.\n\n¿Quieres que te comunique con una persona del equipo?",
    );
    expect(await talk.says("no gracias")).toContain("¿Para qué día quieres tu cita de Limpieza facial?");
  });

  test("two readings of a day are asked by button", async () => {
    const talk = createDialogue({
      facts: { now: "2026-11-24T15:00:00Z" },
      free: freeDay("2026-12-01", ["10:00", "11:00"]),
      script: { "limpieza facial el martes": book(facialOnTuesday) },
    });
    expect(await talk.says("limpieza facial el martes")).toBe(
      "¿Te refieres al martes 24 de noviembre o al martes 1 de diciembre?",
    );
    expect(await talk.taps("mar 1 dic")).toContain("el martes 1 de diciembre tengo:");
  });

  test("a day that has passed and a day that does not exist are asked again", async () => {
    const talk = createDialogue({
      script: {
        ...base,
        "el 20 de noviembre": book({ day: day("date", { day: 20, month: 11 }) }),
        "el 31 de febrero": book({ day: day("date", { day: 31, month: 2 }) }),
      },
    });
    await talk.says("limpieza facial");
    expect(await talk.says("el 20 de noviembre")).toContain("Esa fecha ya pasó");
    expect(await talk.says("el 31 de febrero")).toContain("No logré ubicar esa fecha");
  });

  test("a whole week is offered over its days", async () => {
    const talk = createDialogue({
      free: ["2026-11-23", "2026-11-24", "2026-11-25"].flatMap((date) => freeDay(date, ["10:00", "15:00", "16:00"])),
      script: {
        "limpieza facial la otra semana a las 3": book({
          service_id: services.facial.id,
          day: day("week", { which: "next" }),
          time: at(3),
        }),
      },
    });
    const text = await talk.says("limpieza facial la otra semana a las 3");
    for (const date of ["lun 23 nov", "mar 24 nov", "mié 25 nov"]) expect(text).toContain(`${date}, 3:00 p. m.`);
  });

  test("other times pass over those that were offered", async () => {
    const talk = createDialogue({
      free: freeDay("2026-11-24", ["08:00", "08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "16:00"]),
      script: {
        "limpieza facial el martes": book(facialOnTuesday),
        "más tarde": ["other_times", { direction: "later" }],
        "otro día": ["other_times", { direction: "other_day" }],
      },
    });
    await talk.says("limpieza facial el martes");
    const first = talk.replies.map(({ message }) => message.text).join();
    const more = await talk.taps("Otras horas");
    for (const hour of first.match(/\d+:\d\d [ap]/g) ?? []) expect(more).not.toContain(hour);
    await talk.says("otro día");
    expect(talk.states).toEqual(["appointment.choosingDate"]);
  });

  test("earlier and later move to one side of what was offered", async () => {
    const talk = createDialogue({
      free: freeDay("2026-11-24", ["08:00", "08:30", "09:00", "10:00", "11:00", "14:00", "15:00", "16:00", "17:00"]),
      script: {
        "limpieza facial el martes": book(facialOnTuesday),
        "más tarde": ["other_times", { direction: "later" }],
        "más temprano": ["other_times", { direction: "earlier" }],
      },
    });
    expect(await talk.says("limpieza facial el martes")).toContain("3. 11:00 a. m.");
    expect(await talk.says("más tarde")).toContain(
      "tengo:\n1. 2:00 p. m., con Ana Ruiz\n2. 4:00 p. m., con Ana Ruiz\n¿",
    );
    expect(await talk.says("más temprano")).toContain(
      "tengo:\n1. 8:30 a. m., con Ana Ruiz\n2. 10:00 a. m., con Ana Ruiz\n¿",
    );
  });

  test("a yes to the only hour offered takes it", async () => {
    const talk = createDialogue({
      free: freeDay("2026-11-24", ["10:00"]),
      script: { "limpieza facial el martes": book(facialOnTuesday) },
    });
    await talk.says("limpieza facial el martes");
    expect(await talk.says("listo")).toContain("Revisemos tu cita");
    expect(talk.decidedBy).toBe("code");
  });

  test("a person asked for by name is asked of the database, and shown when not possible", async () => {
    const talk = createDialogue({
      free: [free("2026-11-24", "10:00", ana), free("2026-11-24", "11:00", sofia)],
      script: { "limpieza facial el martes con Sofía": book({ ...facialOnTuesday, member_id: sofia.id }) },
    });
    const text = await talk.says("limpieza facial el martes con Sofía");
    expect(text).toContain("11:00 a. m., con Sofía Gil");
    expect(text).not.toContain("Ana");
  });
});
