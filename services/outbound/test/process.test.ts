import { buildEvent, until } from "@skytide/testing";
import { expect, vi } from "vitest";
import { test } from "./conversations.ts";

// The first test also waits for the database and the log to start.
vi.setConfig({ testTimeout: 90_000 });

const SENT = { type: "reply.sent", index: 0 };

test("replies reach the customer in order, each told on the log", async ({ fleet }) => {
  const conversation = await fleet.open();
  const texts = ["uno", "dos", "tres", "cuatro"];
  for (const text of texts) await fleet.bus.publish(conversation.reply(text));
  const outbound = await fleet.start();
  await until(async () => expect(await conversation.receipts()).toHaveLength(4));
  expect(conversation.received()).toEqual(texts);
  expect(await outbound.metric('skytide_outbound_sends_total{kind="text",outcome="accepted"}')).toBe(4);
});

test("a reply that is published twice is sent once", async ({ fleet }) => {
  const outbound = await fleet.start();
  const conversation = await fleet.open();
  const reply = conversation.reply("Hola");
  await fleet.bus.publish(reply, { messageId: "first" });
  await fleet.bus.publish(reply, { messageId: "second" });
  await until(async () =>
    expect(await outbound.metric('skytide_messages_processed_total{stage="outbound",outcome="duplicate"}')).toBe(1),
  );
  expect(conversation.received()).toEqual(["Hola"]);
  expect(await conversation.receipts()).toEqual([SENT]);
});

test("a Gupshup that is away for a moment costs a redelivery", async ({ fleet }) => {
  const conversation = await fleet.open();
  fleet.simulators.control.setGupshupFaults([
    { kind: "status", status: 503, times: 2, destination: conversation.phone },
  ]);
  await fleet.start();
  await fleet.bus.publish(conversation.reply("Hola"));
  await until(async () => expect(await conversation.receipts()).toEqual([SENT]));
  expect(conversation.received()).toEqual(["Hola"]);
});

test("SIGTERM in the middle of a send lets it end, and nothing is sent again", async ({ fleet }) => {
  const conversation = await fleet.open();
  fleet.simulators.control.setGupshupFaults([{ kind: "slow", ms: 1000, times: 1, destination: conversation.phone }]);
  const stopping = await fleet.start();
  await fleet.bus.publish(conversation.reply("Hola"));
  await until(async () => expect(await stopping.metric('skytide_inflight{stage="outbound"}')).toBe(1));
  expect(await stopping.terminate()).toBe(0);
  expect(await conversation.receipts()).toEqual([SENT]);
  const next = await fleet.start();
  const probe = await fleet.open();
  await fleet.bus.publish(probe.reply("después"));
  await until(() => expect(probe.received()).toEqual(["después"]));
  expect(conversation.received()).toEqual(["Hola"]);
  expect(await next.metric('skytide_outbound_sends_total{kind="text",outcome="accepted"}')).toBe(1);
});

test("a refused message fails in plain sight and becomes a dead letter", async ({ fleet }) => {
  const conversation = await fleet.open();
  fleet.simulators.control.setGupshupFaults([{ kind: "status", status: 401, destination: conversation.phone }]);
  const outbound = await fleet.start({ SEND_CIRCUIT_PATIENCE_MS: "0", SEND_CIRCUIT_PAUSE_MS: "0" });
  await fleet.bus.publish(conversation.reply("Hola"));
  await until(async () =>
    expect(await outbound.metric('skytide_messages_processed_total{stage="outbound",outcome="dead"}')).toBe(1),
  );
  expect(await conversation.receipts()).toEqual([{ type: "reply.failed", index: 0, code: "gupshup-key-refused" }]);
  expect(await fleet.bus.streamInfo("DEADLETTERS")).toMatchObject({ messages: 1 });
  expect(outbound.output()).not.toContain(conversation.phone);
});

test("an answer that was cut is settled by the receipt, without a second send", async ({ fleet }) => {
  const conversation = await fleet.open();
  fleet.simulators.control.setGupshupFaults([{ kind: "cut", times: 1, destination: conversation.phone }]);
  const outbound = await fleet.start({ SEND_UNCERTAIN_WAIT_MS: "30000" });
  await fleet.bus.publish(conversation.reply("Hola"));
  await until(() => expect(conversation.received()).toEqual(["Hola"]));
  await conversation.recordReceipts();
  await until(async () => expect(await conversation.receipts()).toEqual([SENT]));
  expect(conversation.received()).toEqual(["Hola"]);
  expect(await outbound.metric('skytide_outbound_uncertain_total{resolution="receipt_found"}')).toBe(1);
});

test("a late failure is counted by its class", async ({ fleet }) => {
  const outbound = await fleet.start();
  const conversation = await fleet.open();
  await fleet.bus.publish(
    buildEvent(conversation, "reply.failed", {
      ...{
        providerMessageId: "gs-1",
        otherIds: [],
        at: new Date().toISOString(),
        code: "provider",
        providerCode: 131047,
      },
    }),
  );
  await until(async () =>
    expect(await outbound.metric('skytide_outbound_late_failures_total{class="window"}')).toBe(1),
  );
});

test("a message that fails after it was accepted is sent again by the stage, and told anew", async ({ fleet }) => {
  const outbound = await fleet.start({ SEND_LATE_WAIT_MS: "0" });
  const conversation = await fleet.open();
  await fleet.bus.publish(conversation.reply("Hola"));
  await until(async () => expect(await conversation.receipts()).toEqual([SENT]));
  const [bubble] = fleet.simulators.control.conversation("AuroraDemo", conversation.phone).bubbles.slice(-1);
  const at = new Date().toISOString();
  const ids = { providerMessageId: bubble?.id ?? "", otherIds: ["other-1"] };
  await fleet.bus.publish(
    buildEvent(conversation, "reply.failed", { ...ids, at, code: "provider", providerCode: 130_429 }),
  );
  await until(async () =>
    expect((await conversation.receipts()).filter(({ type }) => type === SENT.type)).toHaveLength(2),
  );
  expect(conversation.received()).toEqual(["Hola", "Hola"]);
  expect(await outbound.metric('skytide_outbound_late_actions_total{action="resent"}')).toBe(1);
});
