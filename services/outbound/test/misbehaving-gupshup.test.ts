import { until } from "@skytide/testing";
import { expect } from "vitest";
import { type OpenConversation, test } from "./conversations.ts";

const CONVERSATIONS = 60;

test("a Gupshup that fails, refuses, cuts and hangs: every reply arrives, and none twice", {
  timeout: 180_000,
}, async ({ fleet }) => {
  const conversations: OpenConversation[] = [];
  for (let made = 0; made < CONVERSATIONS; made += 1) conversations.push(await fleet.open());
  // What hangs or is reset was not taken and is sent once more: a second time in a row would be held for an operator.
  fleet.simulators.control.setGupshupFaults([
    { kind: "status", status: 503, every: 10 },
    { kind: "status", status: 429, every: 13 },
    { kind: "cut", every: 17 },
    { kind: "no-id", every: 19 },
    { kind: "hang", every: 23, times: 2 },
    { kind: "reset", every: 29, times: 2 },
  ]);
  await fleet.start({ SEND_UNCERTAIN_WAIT_MS: "8000", SEND_TIMEOUT_MS: "3000" });
  for (const conversation of conversations) await fleet.bus.publish(conversation.reply("Hola"));
  await until(async () => {
    for (const conversation of conversations) await conversation.recordReceipts();
    for (const conversation of conversations)
      expect(await conversation.receipts()).toEqual([{ type: "reply.sent", index: 0 }]);
  });
  for (const conversation of conversations) expect(conversation.received()).toEqual(["Hola"]);
  const { calls } = fleet.simulators.control.stats().gupshup;
  for (const fault of ["503", "429", "cut", "hang", "reset"]) expect(calls[fault], fault).toBeGreaterThan(0);
});
