import { createServer } from "node:net";
import { v2Message } from "@skytide/gupshup/testing";
import { crashOnceAt, freePort, test } from "@skytide/testing";
import { expect, onTestFinished, vi } from "vitest";
import { aurora } from "./builders.ts";
import { spawnIngest, startDatabaseDouble } from "./ingest-process.ts";

const within = { timeout: 60_000, interval: 50 };

test("webhooks wait for the first copy of the connections and outlive the database after it", async ({ nats, bus }) => {
  const database = await startDatabaseDouble([aurora]);
  const ingest = await spawnIngest({ NATS_URL: nats.url, SUPABASE_URL: database.url });
  const before = (await bus.streamInfo("CONVERSATIONS")).messages;
  const hello = v2Message("text", { text: "Hola" }, { id: "wamid.first" });

  await vi.waitFor(async () => expect(await ingest.post(hello)).toBe(503), within);
  expect(await ingest.admin("/readyz")).toBe(503);
  expect(await ingest.admin("/livez")).toBe(200);

  database.setAway(false);
  await vi.waitFor(async () => expect(await ingest.admin("/readyz")).toBe(200), within);
  expect(await ingest.post(hello)).toBe(200);
  await vi.waitFor(() => expect(database.recorded).toMatchObject([{ type: "message.received" }]), within);

  database.setAway(true);
  expect(await ingest.post(v2Message("text", { text: "¿Hola?" }, { id: "wamid.second" }))).toBe(200);
  expect(await ingest.admin("/readyz")).toBe(200);
  expect((await bus.streamInfo("CONVERSATIONS")).messages - before).toBe(2);

  database.setAway(false);
  await vi.waitFor(() => expect(database.recorded).toHaveLength(2), within);
  expect(ingest.output()).not.toMatch(/573001110001|Laura|Hola/);
}, 60_000);

test("a process killed between the log and the answer costs a redelivery, not a second event", async ({
  nats,
  bus,
}) => {
  const database = await startDatabaseDouble([aurora]);
  database.setAway(false);
  const before = (await bus.streamInfo("CONVERSATIONS")).messages;
  const env = {
    NATS_URL: nats.url,
    SUPABASE_URL: database.url,
    INGEST_ROLES: "webhook",
    ...(await crashOnceAt("webhook:after_publish_before_ack")),
  };
  const hello = v2Message("text", { text: "Hola" }, { id: "wamid.crash" });
  const first = await spawnIngest(env);
  await vi.waitFor(async () => expect(await first.admin("/readyz")).toBe(200), within);
  expect(await first.post(hello)).toBe(0);
  await first.ended;
  const second = await spawnIngest(env);
  await vi.waitFor(async () => expect(await second.post(hello)).toBe(200), within);
  expect((await bus.streamInfo("CONVERSATIONS")).messages - before).toBe(1);
}, 60_000);

test("a process without the webhook role opens no port for it and is ready without connections", async ({ nats }) => {
  const database = await startDatabaseDouble([]);
  const ingest = await spawnIngest({ NATS_URL: nats.url, SUPABASE_URL: database.url, INGEST_ROLES: "relay, recorder" });
  await vi.waitFor(async () => expect(await ingest.admin("/readyz")).toBe(200), within);
  expect(await ingest.post({})).toBe(0);
}, 30_000);

test("wrong settings are named all at once", async () => {
  const ingest = await spawnIngest({ INGEST_ROLES: "webhook,oven", WEBHOOK_MAX_BYTES: "7", CHAT_HASH_KEYS: "short" });
  expect(await ingest.ended).toBe(78);
  for (const name of ["INGEST_ROLES", "WEBHOOK_MAX_BYTES", "CHAT_HASH_KEYS", "SUPABASE_URL"]) {
    expect(ingest.output()).toContain(name);
  }
});

test("a port in use is a sentence, not a stack", async ({ nats }) => {
  const database = await startDatabaseDouble([]);
  const port = await freePort();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => other.close(() => resolve())));
  const ingest = await spawnIngest({ NATS_URL: nats.url, SUPABASE_URL: database.url, GATEWAY_PORT: String(port) });
  expect(await ingest.ended).toBe(1);
  expect(ingest.output()).toContain(`port ${port} is in use by another process`);
}, 30_000);
