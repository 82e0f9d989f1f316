import { describe, expect, test } from "vitest";
import { ana, free, freeDay, services, sofia } from "./aurora.ts";
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

describe("which service", () => {
  test("one that the words name is taken, one that a model only guesses is asked back", async () => {
    const talk = createDialogue({
      script: {
        "quiero un masaje": book({ service_id: services.massage.id }),
      },
    });
    expect(await talk.says("quiero un masaje")).toContain("¿Para qué día quieres tu cita de Masaje relajante?");
    const other = createDialogue({ script: { "necesito descansar": book({ service_id: services.massage.id }) } });
    expect(await other.says("necesito descansar")).toContain("¿Te refieres a *Masaje relajante*");
    expect(await other.taps("No, ver servicios")).toContain("¿Qué servicio te interesa?");
  });

  test("two that the words name equally are both offered", async () => {
    const talk = createDialogue({ script: { "quiero una limpieza": book({ service_id: services.facial.id }) } });
    expect(await talk.says("quiero una limpieza")).toContain("¿Qué servicio te interesa?");
    const [reply] = talk.replies;
    expect(reply?.message.kind === "list" && reply.message.rows.map(({ title }) => title)).toEqual([
      "Limpieza facial",
      "Limpieza profunda",
    ]);
    expect(await talk.says("Limpieza profunda")).toContain("¿Para qué día");
    expect(talk.decidedBy).toBe("code");
  });

  test("one that does not exist is said so, with the list", async () => {
    const talk = createDialogue({ script: { "quiero un tatuaje": book({ unknown_service: true }) } });
    expect(await talk.says("quiero un tatuaje")).toContain("Ese servicio no lo encuentro en nuestra lista.");
  });

  test("one that is not booked here leads to a person", async () => {
    const talk = createDialogue({ script: { "cirugía de párpados": book({ service_id: services.surgery.id }) } });
    expect(await talk.says("cirugía de párpados")).toContain(
      "no se agenda por este chat.\n\n¿Quieres que te comunique",
    );
    expect(talk.effects("check_availability")).toEqual([]);
  });

  test("one that needs an assessment is booked by way of the assessment", async () => {
    const talk = createDialogue({
      free: tuesday,
      script: {
        "quiero toxina botulínica": book({ service_id: services.botox.id }),
        "el martes a las 10": book({ day: day("weekday", { weekday: "tuesday" }), time: at(10) }),
      },
    });
    expect(await talk.says("quiero toxina botulínica")).toContain(
      "primero necesitas una valoración: *Valoración médica*",
    );
    expect(await talk.says("sí, por favor")).toContain("¿Para qué día quieres tu cita de Valoración médica?");
    expect(await talk.says("el martes a las 10")).toContain("*Valoración médica*");
    await talk.says("sí");
    expect(talk.effects("book_appointment")).toMatchObject([{ serviceId: services.assessment.id }]);
  });

  test("words that name several are listed, even where the model saw none", async () => {
    const talk = createDialogue({ script: { "una limpieza": book({ unknown_service: true }) } });
    expect(await talk.says("una limpieza")).toBe("¿Qué servicio te interesa?");
  });

  test("the one asked about is asked back when no other is named, and going on with a day is a yes to it", async () => {
    const talk = createDialogue({
      free: tuesday,
      writes: ["Dura 60 minutos."],
      script: {
        "¿cuánto dura la limpieza facial?": [
          "ask_knowledge",
          { question: "¿Cuánto dura?", service_id: services.facial.id },
        ],
        "quiero una cita": book({}),
        "el martes a las 10": book({ day: day("weekday", { weekday: "tuesday" }), time: at(10) }),
      },
    });
    await talk.says("¿cuánto dura la limpieza facial?");
    expect(await talk.says("quiero una cita")).toContain("¿Te refieres a *Limpieza facial*");
    expect(await talk.says("el martes a las 10")).toContain("Revisemos tu cita");
  });

  test("the one talked about last needs no second naming", async () => {
    const talk = createDialogue({
      writes: ["El blanqueamiento cuesta $250.000."],
      script: {
        "¿cuánto vale el blanqueamiento?": [
          "ask_knowledge",
          { question: "¿Cuánto vale el blanqueamiento?", service_id: services.whitening.id },
        ],
        "quiero agendarlo": book({ service_id: services.whitening.id }),
      },
    });
    expect(await talk.says("¿cuánto vale el blanqueamiento?")).toBe("El blanqueamiento cuesta $250.000.");
    expect(await talk.says("quiero agendarlo")).toContain("¿Para qué día quieres tu cita de Blanqueamiento?");
  });
});

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
