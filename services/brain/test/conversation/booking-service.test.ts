import { describe, expect, test } from "vitest";
import { freeDay, services } from "./aurora.ts";
import { at, book, createDialogue, day } from "./dialogue.ts";

const tuesday = freeDay("2026-11-24", ["09:00", "10:00", "11:00", "15:00", "16:00"]);

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

  test("one that is settled is not changed by a model that hears it in an hour", async () => {
    const talk = createDialogue({
      free: tuesday,
      script: {
        "limpieza facial": book({ service_id: services.facial.id }),
        "el martes a las 9 y media": book({
          service_id: services.assessment.id,
          day: day("weekday", { weekday: "tuesday" }),
          time: at(9, { minute: 30 }),
        }),
      },
    });
    await talk.says("limpieza facial");
    expect(await talk.says("el martes a las 9 y media")).toContain("Para Limpieza facial el martes");
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
