import { createServer } from "node:net";
import { provision } from "@skytide/bus";
import { test } from "@skytide/testing";
import { expect, onTestFinished } from "vitest";
import { startChildStage } from "./child-stage.ts";
import { customerMessage, newConversation, publishUnchecked } from "./open-test-stage.ts";

test("SIGTERM: not ready, the message in hand is finished and acknowledged, exit 0", async ({ nats, bus }) => {
  const child = startChildStage(nats.url, { WORK_MS: "1000" });
  const { port } = await child.logged("stage-ready");
  const readyz = () => fetch(`http://127.0.0.1:${port}/readyz`);
  expect((await readyz()).status).toBe(200);
  await bus.publish(customerMessage(newConversation()));
  await child.logged("work-began");
  child.signal("SIGTERM");
  await child.logged("stage-draining");
  const draining = await readyz();
  expect([draining.status, await draining.json()]).toEqual([503, expect.objectContaining({ status: "draining" })]);
  expect(await child.ended).toBe(0);
  expect(child.errors()).toBe("");
  expect(child.count("work-done")).toBe(1);
  expect(await bus.consumerInfo("CONVERSATIONS", "media")).toMatchObject({ pending: 0, ackPending: 0 });
});

test("at the drain deadline the message is given back, another process takes it at once, exit 1", async ({
  nats,
  bus,
}) => {
  const child = startChildStage(nats.url, { WORK_MS: "60000", DRAIN_MS: "200" });
  await child.logged("stage-ready");
  const event = customerMessage(newConversation());
  await bus.publish(event);
  await child.logged("work-began");
  child.signal("SIGTERM");
  expect(await child.ended).toBe(1);
  const next = startChildStage(nats.url);
  expect(await next.logged("work-began")).toMatchObject({ message_id: event.id });
});

test("wrong settings end with 78 and one message that names all of them", async ({ nats }) => {
  const child = startChildStage(nats.url, { ADMIN_PORT: "many", CHAT_HASH_KEYS: "", LOG_LEVEL: "loud" });
  expect(await child.ended).toBe(78);
  const errors = child.errors();
  expect(errors).toMatch(/^skytide media: wrong settings:\n/);
  for (const name of ["ADMIN_PORT", "CHAT_HASH_KEYS", "LOG_LEVEL"]) expect(errors).toContain(`  ${name}: `);
  expect(errors).not.toContain("    at ");
});

test("an admin port in use ends with 1 and one sentence", async ({ nats }) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void taken.close());
  const port = String((taken.address() as { port: number }).port);
  const child = startChildStage(nats.url, { ADMIN_PORT: port });
  expect(await child.ended).toBe(1);
  expect(child.errors()).toBe(
    `skytide media: port ${port} is in use by another process; set ADMIN_PORT to a free port\n`,
  );
});

test("a stage that waits for NATS stops when it is told to", async () => {
  const child = startChildStage("nats://127.0.0.1:1", { ADMIN_PORT: "0" });
  await child.logged("waiting-for-nats");
  child.signal("SIGTERM");
  expect(await child.ended).toBe(0);
  expect(child.errors()).toBe("");
});

test("an exception that nobody catches is logged without its words and ends with 1", async ({ nats, bus }) => {
  await bus.consumerInfo("CONVERSATIONS", "media");
  const child = startChildStage(nats.url, { THROW_LATER: "true" });
  const line = await child.logged("crashed");
  expect(line).toMatchObject({ err: { type: "Error", stack: expect.stringContaining("child-stage.ts") } });
  expect(JSON.stringify(line)).not.toContain("nobody catches this");
  expect(await child.ended).toBe(1);
});

test("a consumer that is deleted ends the process with 1", async ({ nats, bus }) => {
  const child = startChildStage(nats.url);
  await child.logged("stage-ready");
  await publishUnchecked(nats.url, "$JS.API.CONSUMER.DELETE.CONVERSATIONS.media", "");
  expect(await child.ended).toBe(1);
  expect(child.count("stage-failed")).toBe(1);
  await provision(bus, { maxBytes: 64 * 1024 * 1024 });
});

test("a second signal ends the process at once with 1", async ({ nats, bus }) => {
  const child = startChildStage(nats.url, { WORK_MS: "60000" });
  await child.logged("stage-ready");
  await bus.publish(customerMessage(newConversation()));
  await child.logged("work-began");
  child.signal("SIGTERM");
  await child.logged("stage-draining");
  // The same press of Ctrl-C, forwarded by npm, does not count.
  child.signal("SIGINT");
  const again = setInterval(() => child.signal("SIGTERM"), 400);
  onTestFinished(() => clearInterval(again));
  expect(await child.ended).toBe(1);
});
