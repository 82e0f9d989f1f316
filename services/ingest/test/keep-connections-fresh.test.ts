import { expect, test, vi } from "vitest";
import { createConnectionDirectory } from "../src/connections.ts";
import { keepConnectionsFresh } from "../src/keep-connections-fresh.ts";
import { aurora, brisa, createObserved } from "./builders.ts";

test("the connections are read again and again, an outage is reported once, a missing secret once", async () => {
  const { lines, log, metrics } = createObserved();
  let reads = 0;
  const connections = createConnectionDirectory(async () => {
    reads += 1;
    if (reads === 1 || reads === 4 || reads === 5) throw new Error("the database is away");
    return reads < 6 ? [aurora, { ...brisa, webhookSecret: null }] : [aurora];
  });
  const config = { CONNECTIONS_REFRESH_MS: 5, WEBHOOK_SECRET_REQUIRED: false };
  const fresh = keepConnectionsFresh({ connections, config, metrics, log, clock: () => new Date() });
  await vi.waitFor(() => expect(reads).toBeGreaterThan(7));
  fresh[Symbol.dispose]();
  const events = lines.map((line) => JSON.parse(line)).map(({ event, org }) => (org ? `${event} ${org}` : event));
  expect(events).toEqual([
    "connections-not-read",
    `connection-without-secret ${brisa.organizationId}`,
    "connections-not-read",
  ]);
  expect(connections.resolve({ name: "BrisaDemo" })).toEqual({ kind: "unknown" });
  expect(connections.resolve({ name: "AuroraDemo" })).toMatchObject({ kind: "found" });
});
