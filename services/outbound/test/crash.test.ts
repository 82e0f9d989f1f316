import { crashOnceAt, until } from "@skytide/testing";
import { expect } from "vitest";
import { type OpenConversation, test } from "./conversations.ts";

const POINTS = ["after_claim_before_send", "after_send_before_record", "after_publish_before_ack"] as const;

test("kill -9 around a send: the customer reads each reply once", { timeout: 120_000 }, async ({ fleet }) => {
  const conversations = new Map<string, OpenConversation>();
  for (const point of POINTS) {
    const conversation = await fleet.open();
    conversations.set(point, conversation);
    const crashing = await fleet.start(await crashOnceAt(point));
    await fleet.bus.publish(conversation.reply(`Hola ${point}`));
    expect(await crashing.ended).toBeNull();
  }
  // Whose send left a receipt; it also shows that receipts flow.
  await conversations.get("after_send_before_record")?.recordReceipts();

  // Long enough for a busy machine: a second send of unknown end would be held.
  const outbound = await fleet.start({ SEND_TIMEOUT_MS: "15000" });
  await until(async () => {
    for (const conversation of conversations.values())
      expect(await conversation.receipts()).toEqual([{ type: "reply.sent", index: 0 }]);
  });
  await until(async () =>
    expect(await fleet.bus.consumerInfo("CONVERSATIONS", "outbound")).toMatchObject({ ackPending: 0, pending: 0 }),
  );
  for (const [point, conversation] of conversations) expect(conversation.received()).toEqual([`Hola ${point}`]);
  expect(await outbound.metric('skytide_outbound_uncertain_total{resolution="sent_again"}')).toBe(1);
  expect(await outbound.metric('skytide_outbound_uncertain_total{resolution="receipt_found"}')).toBe(1);
});
