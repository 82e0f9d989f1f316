import { describe, expect, test } from "vitest";
import { services } from "./aurora.ts";
import { book, createDialogue, type Script } from "./dialogue.ts";

const escalationId = "e0000000-0000-4000-8000-000000000001";
const notified = { type: "escalation.notified", escalationId } as const;

describe("asking for a person", () => {
  test.each([
    "asesor",
    "quiero hablar con un asesor",
    "una persona por favor",
    "necesito un humano",
    "me puedes comunicar con una persona?",
    "pásame con alguien del equipo",
    "quiero que me atienda una persona real",
    "ASESORA!!",
  ])("works without a model: %s", async (words) => {
    const talk = createDialogue();
    expect(await talk.says(words)).toContain("voy a avisarle a una persona del equipo");
    expect(talk.effects("raise_escalation")).toEqual([{ reason: "user_asked", summary: words }]);
    expect(talk.model.requests).toEqual([]);
  });

  test("works in the middle of a booking", async () => {
    const talk = createDialogue({ script: { "limpieza facial": book({ service_id: services.facial.id }) } });
    await talk.says("limpieza facial");
    await talk.says("mejor pásame con un asesor");
    expect(talk.states).toEqual(["escalation.awaitingNotice"]);
  });

  test("refusing one is not asking for one", async () => {
    const script: Script = { "no quiero un asesor": ["chat", { text: "Está bien, seguimos por aquí." }] };
    const talk = createDialogue({ script });
    await talk.says("no quiero un asesor");
    expect(talk.effects("raise_escalation")).toEqual([]);
  });

  test("a model's word alone only offers one", async () => {
    const talk = createDialogue({ script: { "qué mal servicio": ["ask_person", { reason: "upset" }] } });
    expect(await talk.says("qué mal servicio")).toContain("¿Quieres que te comunique con una persona");
    expect(talk.effects("raise_escalation")).toEqual([]);
    expect(await talk.says("sí")).toContain("voy a avisarle");
    expect(talk.effects("raise_escalation")).toHaveLength(1);
  });

  test("twice not understood offers one", async () => {
    const script: Script = { asdf: ["not_understood"], qwer: ["not_understood"] };
    const talk = createDialogue({ script });
    expect(await talk.says("asdf")).toContain("no te entendí");
    expect(await talk.says("qwer")).toContain("¿Quieres que te comunique con una persona");
  });
});

describe("after it was raised", () => {
  const raised = async () => {
    const talk = createDialogue({ script: { "¿y mientras?": ["chat", { text: "Claro, cuéntame." }] } });
    await talk.says("asesor");
    talk.world.facts = { openEscalation: escalationId };
    return talk;
  };

  test("the conversation goes on until somebody was notified", async () => {
    const talk = await raised();
    expect(await talk.says("asesor")).toContain("Ya le estoy avisando al equipo");
    expect(await talk.says("¿y mientras?")).toBe("Claro, cuéntame.");
    expect(talk.effects("raise_escalation")).toHaveLength(1);
  });

  test("notified: the bot goes off, and the closing says so", async () => {
    const talk = await raised();
    expect(await talk.happens(notified)).toEqual([
      { message: { kind: "text", text: expect.stringContaining("ya avisé a nuestro equipo") }, closing: true },
    ]);
    expect(talk.effects("set_bot")).toEqual([{ enabled: false, reason: "escalation" }]);
    expect(talk.states).toEqual(["human"]);
    talk.world.facts = { botEnabled: false };
    expect(await talk.says("¿hola?")).toBe("");
    talk.world.facts = { botEnabled: true };
    expect(await talk.says("hola")).toContain("Aurora Estética");
  });

  test("notified, although the bot was already off when the turn was repeated: the closing is not lost", async () => {
    const talk = await raised();
    talk.world.facts = { botEnabled: false, openEscalation: null };
    expect(await talk.happens(notified)).toMatchObject([{ closing: true }]);
  });

  test("nobody reached: it is said honestly and the bot stays on", async () => {
    const talk = await raised();
    const [reply] = await talk.happens({ type: "escalation.failed", escalationId });
    expect(reply?.message.text).toContain("no logré contactar a nadie");
    expect(talk.effects("set_bot")).toEqual([]);
    expect(talk.states).toEqual(["supervisor.listening"]);
  });

  test("notices of another escalation change nothing", async () => {
    const talk = await raised();
    expect(await talk.happens({ ...notified, escalationId: "another" })).toEqual([]);
  });
});

test("switched off by the team the agent is silent, whatever is said", async () => {
  const talk = createDialogue({ facts: { botEnabled: false } });
  expect(await talk.says("asesor")).toBe("");
  expect(talk.states).toEqual(["human"]);
  expect(talk.calls).toEqual([]);
});
