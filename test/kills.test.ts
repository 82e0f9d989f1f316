import { afterAll, beforeAll, expect, test } from "vitest";
import { AURORA, BRISA, startTestFleet, type TestFleet } from "./fleet-fixture.ts";
import { toTranscript } from "./phone.ts";
import { sweep } from "./sweep.ts";

let room: TestFleet;

beforeAll(async () => {
  room = await startTestFleet();
}, 180_000);
afterAll(() => room?.stop(), 120_000);

// Each is killed while the conversation needs it; the supervisor starts it again, as Kubernetes would.
const victims = ["ingest", "brain", "outbound", "nats-server", "database"];

test.for(victims.map((victim, index) => ({ victim, index })))(
  "kill -9 of $victim in the middle of a booking: one appointment, no answer twice",
  { timeout: 180_000 },
  async ({ victim, index }) => {
    const number = `57300222${String(1000 + index)}`;
    const phone = room.phone(AURORA.app, number);
    await phone.say("Hola, quiero una depilación láser el viernes");
    const slots = await phone.until(/tengo:/);
    room.fleet.process(victim).kill("SIGKILL");
    await phone.tap(slots.choices?.[index % 3] ?? { title: "1" });
    await phone.until(/nombre/);
    await phone.say("Ana Ruiz");
    await phone.until(/¿La agendo\?/);
    await phone.say("sí, agéndala");
    room.fleet.process(victim).kill("SIGKILL");
    await phone.until(/quedó agendada/);
    await phone.until(/recordatorios/);
    expect(await room.appointments(AURORA.organizationId, number)).toHaveLength(1);
    const texts = (await phone.answers()).map(({ content }) => content.text);
    expect(new Set(texts).size, toTranscript(await phone.bubbles())).toBe(texts.length);
  },
);

test("kill -9 of media while a voice note waits for it: one answer, to its words", { timeout: 120_000 }, async () => {
  const phone = room.phone(AURORA.app, "573002223001");
  room.fleet.process("media").kill("SIGKILL");
  await phone.send("audio", "nota-precio");
  await phone.until(/./);
  const answers = await phone.answers();
  expect(answers).toHaveLength(1);
  expect(answers[0]?.content.text).not.toMatch(/no puedo verlo/);
});

test("kill -9 of the notifier while somebody asks for a person: staff and customer are told once", {
  timeout: 120_000,
}, async () => {
  const phone = room.phone(BRISA.app, "573002223002");
  await phone.say("quiero hablar con una persona");
  room.fleet.process("notifier").kill("SIGKILL");
  await phone.until(/ya avisé a nuestro equipo/);
  expect(await room.phone("SkytideAvisos", "573009990002").answers()).toHaveLength(1);
  const told = (await phone.answers()).filter(({ content }) => /ya avisé/.test(content.text ?? ""));
  expect(told).toHaveLength(1);
});

test("what the kills made the fleet complain about names nobody", { timeout: 60_000 }, async () => {
  const { hits, seen } = await sweep(room, {
    phones: [...victims.map((_, index) => `57300222${1000 + index}`), "573002223001", "573002223002"],
    names: ["Ana Ruiz", "Ruiz"],
    texts: ["depilación", "hablar con una persona", "quedó agendada", "sí, agéndala"],
  });
  expect(hits).toEqual([]);
  expect(seen.logs).toBeGreaterThan(2_000);
});
