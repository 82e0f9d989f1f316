import { describe, expect, test } from "vitest";
import { appointmentOn, freeDay, services } from "./aurora.ts";
import { at, book, change, createDialogue, day, type Script } from "./dialogue.ts";

const facial = appointmentOn("a-facial", "2026-11-24", "10:00");
const massage = appointmentOn("a-massage", "2026-11-27", "15:00", services.massage);
const script: Script = {
  "quiero cancelar mi cita": change("cancel"),
  "cancela la del viernes": change("cancel", { day: day("weekday", { weekday: "friday" }) }),
  "cancela mi masaje": change("cancel", { service_id: services.massage.id }),
  "cancela la de las 10": change("cancel", { time: at(10) }),
  "cancela la del miércoles": change("cancel", { day: day("weekday", { weekday: "wednesday" }) }),
  "¿dónde quedan?": ["ask_knowledge", { question: "¿Dónde quedan?", service_id: null }],
  "mejor muévela": change("move"),
  "ya no": ["stop_booking"],
};
const start = (appointments = [facial], options = {}) =>
  createDialogue({ facts: { appointments }, script, ...options });

describe("cancelling the only appointment", () => {
  test("shows it, and cancels on an explicit yes", async () => {
    const talk = start();
    expect(await talk.says("quiero cancelar mi cita")).toBe(
      "Esta es tu cita:\n• *Limpieza facial*\n• martes 24 de noviembre, 10:00 a. m.\n• Con Ana Ruiz\n¿La cancelo?",
    );
    expect(talk.effects("cancel_appointment")).toEqual([]);
    expect(await talk.says("sí")).toContain(
      "tu cita quedó cancelada.\n• *Limpieza facial*\n• martes 24 de noviembre, 10:00 a. m.",
    );
    expect(talk.effects("cancel_appointment")).toEqual([{ appointmentId: "a-facial" }]);
    expect(talk.model.requests).toHaveLength(1);
    expect(talk.states).toEqual(["supervisor.listening"]);
    expect(await talk.says("quiero cancelar mi cita")).toContain("No encuentro citas próximas");
  });

  test.each(["sí, cancélala", "cancélala", "sí, cancela la cita", "dale"])("takes for a yes: %s", async (yes) => {
    const talk = start();
    await talk.says("quiero cancelar mi cita");
    expect(await talk.says(yes)).toContain("quedó cancelada");
    expect(talk.decidedBy).toBe("code");
  });

  test.each([
    "agéndala",
    "confirmo",
    "no la canceles",
    "mejor cancela la otra",
    "¿cancelarla?",
    "cancela la de masaje",
  ])("takes for no yes, even where the model does: %s", async (words) => {
    const accept: [string, object] = ["accept", { evidence: words }];
    const talk = start([facial], { script: { ...script, [words]: [accept, accept] } });
    await talk.says("quiero cancelar mi cita");
    await talk.says(words);
    expect(talk.effects("cancel_appointment")).toEqual([]);
  });

  test("a tap counts for what it was shown with only", async () => {
    const talk = start();
    await talk.says("quiero cancelar mi cita");
    const yes = talk.payloadOf("Sí, cancelar");
    await talk.taps("No, dejarla").then((text) => expect(text).toContain("sigue como estaba"));
    expect(await talk.tapsPayload(yes, "Sí, cancelar")).toContain("ya no está vigente");
    expect(talk.effects("cancel_appointment")).toEqual([]);
  });

  test("a side question is answered and the same question asked again", async () => {
    const talk = start([facial], { writes: ["Estamos en el centro."] });
    await talk.says("quiero cancelar mi cita");
    const yes = talk.payloadOf("Sí, cancelar");
    expect(await talk.says("¿dónde quedan?")).toMatch(/^Estamos en el centro\.\n\nEsta es tu cita:/);
    expect(await talk.tapsPayload(yes, "Sí, cancelar")).toContain("quedó cancelada");
  });

  test("changing one's mind: another wish, or none", async () => {
    const talk = start();
    await talk.says("quiero cancelar mi cita");
    expect(await talk.says("mejor muévela")).toContain("¿Para qué día la cambiamos?");
    expect(await talk.says("ya no")).toContain("sigue como estaba");
    expect(talk.states).toEqual(["supervisor.listening"]);
    await talk.says("quiero cancelar mi cita");
    await talk.says("asesor");
    expect(talk.states).toEqual(["escalation.awaitingNotice"]);
  });

  test("moved by the team between question and yes, it is shown and asked again", async () => {
    const talk = start();
    await talk.says("quiero cancelar mi cita");
    talk.world.facts = { appointments: [appointmentOn("a-facial", "2026-11-25", "16:00")] };
    expect(await talk.says("sí")).toMatch(/^Esa cita cambió.*miércoles 25 de noviembre, 4:00 p\. m\./s);
    expect(talk.effects("cancel_appointment")).toEqual([]);
    talk.world.facts = { appointments: [] };
    expect(await talk.says("sí")).toContain("ya no aparece activa");
  });
});

describe("which of several", () => {
  test.each([
    ["cancela la del viernes", "Masaje relajante"],
    ["cancela mi masaje", "Masaje relajante"],
    ["cancela la de las 10", "Limpieza facial"],
  ])("is found by what was said: %s", async (words, service) => {
    expect(await start([facial, massage]).says(words)).toContain(`*${service}*`);
  });

  test("is asked where nothing was said, and picked by number or tap without a model", async () => {
    const talk = start([facial, massage]);
    expect(await talk.says("quiero cancelar mi cita")).toBe(
      "Tienes estas citas:\n1. Limpieza facial, martes 24 de noviembre, 10:00 a. m.\n2. Masaje relajante, viernes 27 de noviembre, 3:00 p. m.\n¿Cuál quieres cancelar?",
    );
    const row = talk.payloadOf("mar 24 nov 10:00 a. m.");
    expect(row).toBe("appointment:a-facial");
    expect(await talk.says("la segunda")).toContain("*Masaje relajante*");
    expect(await talk.tapsPayload(row)).toContain("*Limpieza facial*");
    await talk.says("sí");
    expect(talk.effects("cancel_appointment")).toEqual([{ appointmentId: "a-facial" }]);
    expect(talk.model.requests).toHaveLength(1);
    expect(await talk.tapsPayload("appointment:a-massage")).toContain("ya no está vigente");
  });

  test("is chosen by the model among the own ones only, or by details", async () => {
    const talk = start([facial, massage], {
      script: {
        ...script,
        "la de la cara": [
          ["choose_appointment", { appointment_id: "forged" }],
          ["choose_appointment", { appointment_id: "a-facial" }],
        ],
      },
    });
    await talk.says("quiero cancelar mi cita");
    expect(await talk.says("la de la cara")).toContain("*Limpieza facial*");
    const other = start([facial, massage], {
      script: { ...script, "la del viernes": book({ day: day("weekday", { weekday: "friday" }) }) },
    });
    await other.says("quiero cancelar mi cita");
    expect(await other.says("la del viernes")).toContain("*Masaje relajante*");
  });

  test("that is not there is said so, with those that are", async () => {
    expect(await start([facial, massage]).says("cancela la del miércoles")).toMatch(/^No encuentro una cita así/);
  });
});

describe("what the database refuses is said honestly", () => {
  test.each([
    ["too_late", /muy próxima.*¿Quieres que te comunique/s],
    ["not_cancellable", /ya no aparece activa/],
    ["identity_not_found", /No pude cancelar.*¿Quieres que te comunique/s],
  ])("%s", async (code, answer) => {
    const talk = start([facial], { refusals: [code] });
    await talk.says("quiero cancelar mi cita");
    const text = await talk.says("sí");
    expect(text).toMatch(answer);
    expect(text).not.toContain("quedó cancelada");
  });
});

describe("in the middle of a booking", () => {
  const booking = { "limpieza facial": book({ service_id: services.facial.id }) };

  test("without appointments, to cancel and to confirm mean the booking", async () => {
    const talk = createDialogue({
      free: freeDay("2026-11-24", ["10:00"]),
      script: { ...script, ...booking, "confirma mi cita": change("confirm") },
    });
    await talk.says("limpieza facial");
    expect(await talk.says("confirma mi cita")).toContain("¿Para qué día");
    expect(await talk.says("quiero cancelar mi cita")).toContain("no agendo nada");
  });

  test("with one, a clear wish to cancel it leaves the booking", async () => {
    const talk = start([massage], { script: { ...script, ...booking } });
    await talk.says("limpieza facial");
    expect(await talk.says("quiero cancelar mi cita")).toContain("*Masaje relajante*");
  });
});
