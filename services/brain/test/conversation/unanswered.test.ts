import { expect, test } from "vitest";
import { createDialogue } from "./dialogue.ts";

const escalationId = "e0000000-0000-4000-8000-000000000001";

async function handedOver() {
  const talk = createDialogue({ facts: { openEscalation: escalationId } });
  await talk.says("quiero hablar con un asesor");
  await talk.happens({ type: "escalation.notified", escalationId });
  talk.world.facts = { ...talk.world.facts, botEnabled: false };
  return talk;
}

test("a hand-off that nobody answers is said honestly to the customer, who stays with the team", async () => {
  const talk = await handedOver();
  const [reply, ...more] = await talk.happens({ type: "escalation.unanswered", escalationId, reason: "no_answer" });
  expect(more).toEqual([]);
  expect(reply).toMatchObject({
    closing: true,
    message: { text: expect.stringContaining("todavía nadie de nuestro equipo") },
  });
  expect(talk.states).toEqual(["human"]);
});

test("a hand-off of which nobody could be told after all ends, and the agent goes on", async () => {
  const talk = await handedOver();
  talk.world.facts = { ...talk.world.facts, botEnabled: true, openEscalation: null };
  const [reply] = await talk.happens({ type: "escalation.unanswered", escalationId, reason: "undelivered" });
  expect(reply?.message.text).toContain("no logré contactar a nadie");
  expect(talk.states).toEqual(["supervisor.listening"]);
});
