import { type Bus, connectBus, provision } from "@skytide/bus";
import { chatOf } from "@skytide/events";
import { documentedBodies, v2Message, v3Message } from "@skytide/gupshup/testing";
import { restartableNats, test } from "@skytide/testing";
import { expect, onTestFinished, vi } from "vitest";
import { createServer } from "../src/server.ts";
import { aurora, createTestHandler, hashKeys, openDoor } from "./builders.ts";
import { damageText, seededRandom } from "./damage.ts";

const { organizationId } = aurora;

/** A webhook that publishes to a real log, and a way to call it. */
async function serve(bus: Bus, deadlineMs = 5_000) {
  const handler = await createTestHandler({ publish: (event) => bus.publish(event, { deadlineMs }) });
  const server = createServer({
    ...openDoor,
    maxBytes: 262_144,
    handle: handler.handle,
    metrics: handler.metrics,
    onError: (error) => {
      throw error;
    },
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => server.close());
  const post = async (body: unknown, secret = "demo-secret-aurora") => {
    const text = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    const headers = { "x-webhook-secret": secret };
    const response = await fetch(`${url}/webhooks/gupshup`, { method: "POST", headers, body: text as string });
    return { status: response.status, body: await response.text() };
  };
  return { ...handler, post };
}

const ok = { status: 200, body: "" };

test("what was answered 200 stands on the log, once for both formats and every delivery", async ({ bus }) => {
  const { post } = await serve(bus);
  const from = { id: "wamid.twin", phone: "573001110001" };
  const v2 = v2Message("text", { text: "Hola" }, from);
  const answers = await Promise.all(
    [v2, v2, v3Message("text", { text: { body: "Hola" } }, from), v2].map((body) => post(body)),
  );
  expect(answers).toEqual([ok, ok, ok, ok]);
  const chat = chatOf(hashKeys, organizationId, "whatsapp", "573001110001");
  const { inbound } = await bus.readConversation({ organizationId, chat });
  expect(inbound.map(({ event }) => event.type)).toEqual(["message.received"]);
});

test("every documented shape reaches the log or needs nothing", async ({ bus }) => {
  const { post, counter } = await serve(bus);
  for (const { name, body } of documentedBodies()) expect({ name, ...(await post(body)) }).toEqual({ name, ...ok });
  expect(await counter('skytide_webhook_requests_total{kind="message",outcome="accepted"}')).toBeGreaterThan(15);
});

test("a thousand damaged bodies on the real log are answered with an empty body, and the next whole one is taken in", async ({
  bus,
}) => {
  const { post } = await serve(bus);
  const random = seededRandom(20_261_123);
  const bodies = documentedBodies().map(({ body }) => JSON.stringify(body));
  const seen = new Map<number, number>();
  for (let round = 0; round < 20; round += 1) {
    const damaged = Array.from({ length: 50 }, () =>
      damageText(bodies[Math.floor(random() * bodies.length)] ?? "", random),
    );
    for (const { status, body } of await Promise.all(damaged.map((one) => post(one)))) {
      expect(body).toBe("");
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
  }
  expect([...seen.keys()].filter((status) => ![200, 400, 401, 404].includes(status))).toEqual([]);
  expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBe(1_000);
  expect(await post(v2Message("text", { text: "Hola" }, { id: "wamid.after" }))).toEqual(ok);
}, 60_000);

test("without NATS the answer is 503, with it again the same message is taken in", async () => {
  const nats = await restartableNats();
  const bus = await connectBus({ servers: nats.url, name: "ingest" });
  onTestFinished(() => bus.drain());
  await provision(bus, { maxBytes: 16 * 1024 * 1024 });
  const { post, counter } = await serve(bus, 500);
  const hello = v2Message("text", { text: "Hola" }, { id: "wamid.outage" });
  await nats.kill();
  expect(await post(hello)).toEqual({ status: 503, body: "" });
  expect(await counter('skytide_webhook_requests_total{kind="message",outcome="error"}')).toBe(1);
  await nats.start();
  await vi.waitFor(async () => expect(await post(hello)).toEqual(ok), { timeout: 60_000, interval: 200 });
  expect((await bus.streamInfo("CONVERSATIONS")).messages).toBe(1);
}, 40_000);
