import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { documentedBodies, v2Message } from "@skytide/gupshup/testing";
import { createLogger } from "@skytide/telemetry";
import { expect, test } from "vitest";
import { createServer } from "../src/server.ts";
import { createTestHandler, openDoor } from "./builders.ts";
import { damageText, damageValues, seededRandom } from "./damage.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const url = "/webhooks/gupshup";
const headers = { "x-webhook-secret": "demo-secret-aurora" };
const bodies = documentedBodies().map(({ body }) => ({ body, text: JSON.stringify(body) }));

/** A webhook whose log takes everything and remembers nothing. */
async function forgetful() {
  let published = 0;
  const silent = { service: "ingest", stage: "ingest", version: "test", level: "silent" } as const;
  const handler = await createTestHandler({
    log: createLogger({ ...silent, destination: { write: () => {} } }),
    publish: async () => {
      published += 1;
      return { duplicate: false };
    },
    publishOperation: async () => ({ duplicate: false }),
  });
  return { ...handler, published: () => published };
}

function nextBody(random: () => number): string {
  const { body, text } = bodies[Math.floor(random() * bodies.length)] ?? { body: null, text: "" };
  return random() < 0.5 ? damageText(text, random) : JSON.stringify(damageValues(body, random));
}

test("100,000 damaged bodies: 200, 400 or 404 each, nothing thrown, memory flat", async () => {
  const { handle, published } = await forgetful();
  const random = seededRandom(20_261_123);
  const statuses = new Map<number, number>();
  const heapAt: number[] = [];
  for (let count = 1; count <= 100_000; count += 1) {
    const { status } = await handle({ body: nextBody(random), secrets: ["demo-secret-aurora"] });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (count % 25_000 !== 0) continue;
    collectGarbage();
    heapAt.push(process.memoryUsage().heapUsed / 2 ** 20);
  }
  expect([...statuses.keys()].sort()).toEqual([200, 400, 404]);
  // Enough of them were still messages, and enough were not, for this to mean something.
  expect(published()).toBeGreaterThan(15_000);
  expect(statuses.get(400)).toBeGreaterThan(15_000);
  expect(Math.max(...heapAt) - (heapAt[0] ?? 0)).toBeLessThan(8);
});

test("thousands of them over HTTP, whatever they call themselves: an empty body every time", async () => {
  const { handle, metrics } = await forgetful();
  const failures: unknown[] = [];
  const onError = (error: unknown) => failures.push(error);
  const server = createServer({ ...openDoor, maxBytes: 262_144, handle, metrics, onError });
  const random = seededRandom(7);
  const types = [
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "no/such;",
    "",
  ];
  const odd: string[] = [];
  for (let count = 0; count < 2_000; count += 1) {
    const type = types[Math.floor(random() * types.length)] ?? "";
    const payload = nextBody(random);
    const answer = await server.inject({ method: "POST", url, payload, headers: { ...headers, "content-type": type } });
    if (![200, 400, 404].includes(answer.statusCode) || answer.body !== "")
      odd.push(`${answer.statusCode} ${answer.body}`);
  }
  await server.close();
  expect({ odd, failures }).toEqual({ odd: [], failures: [] });
});

test("5 MB, a hundred thousand levels, a million fields: refused with an empty body", async () => {
  const { handle, metrics } = await forgetful();
  const onError = (error: unknown) => expect.unreachable(String(error));
  const small = createServer({ ...openDoor, maxBytes: 262_144, handle, metrics, onError });
  // What the limit would keep away, let in on purpose.
  const large = createServer({ ...openDoor, maxBytes: 16 * 2 ** 20, handle, metrics, onError });
  const levels = 100_000;
  const deep = `{"app":"AuroraDemo","type":"message","payload":${"[".repeat(levels)}${"]".repeat(levels)}}`;
  const wide = JSON.stringify({
    app: "AuroraDemo",
    type: "message",
    payload: Array.from({ length: 500_000 }, () => ({})),
  });
  const cases = [
    [small, JSON.stringify(v2Message("text", { text: "x".repeat(5 * 2 ** 20) })), 413],
    [small, deep.slice(0, 200_000), 400],
    [large, deep, 400],
    [large, wide, 400],
    [large, `{"app":${"[".repeat(2_000_000)}`, 400],
    [large, "[".repeat(5_000_000), 400],
  ] as const;
  for (const [server, payload, status] of cases) {
    const answer = await server.inject({ method: "POST", url, payload, headers });
    expect([answer.statusCode, answer.body]).toEqual([status, ""]);
  }
  await Promise.all([small.close(), large.close()]);
});
