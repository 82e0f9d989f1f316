import { v2Message } from "@skytide/gupshup/testing";
import { expect, onTestFinished, test } from "vitest";
import { createServer, type ServerOptions } from "../src/server.ts";
import { createSourceList, parseSource } from "../src/sources.ts";
import { createTestHandler, openDoor } from "./builders.ts";

const hello = JSON.stringify(v2Message("text", { text: "Hola" }));
const fromGupshup = createSourceList([parseSource("203.0.113.0/24") ?? never()]);

function never(): never {
  throw new Error("the range is none");
}

async function serve(options: Partial<ServerOptions>, handler?: Awaited<ReturnType<typeof createTestHandler>>) {
  const { handle, metrics, counter } = handler ?? (await createTestHandler());
  const server = createServer({ ...openDoor, maxBytes: 10_000, handle, metrics, onError: () => {}, ...options });
  onTestFinished(() => server.close());
  const post = async (headers: Record<string, string> = {}) => {
    const url = "/webhooks/gupshup/demo-secret-aurora";
    const { statusCode, body } = await server.inject({ method: "POST", url, payload: hello, headers });
    return { status: statusCode, body };
  };
  return { post, counter };
}

test.each([
  ["10.0.0.1", "10.0.0.0/8", true],
  ["::ffff:10.0.0.1", "10.0.0.0/8", true],
  ["11.0.0.1", "10.0.0.0/8", false],
  ["10.0.0.2", "10.0.0.1", false],
  ["2001:db8::7", "2001:db8::/32", true],
  ["not an address", "0.0.0.0/0", false],
] as const)("%s is of %s: %s", (address, range, expected) => {
  expect(createSourceList([parseSource(range) ?? never()])(address)).toBe(expected);
});

test.each(["", "gupshup.io", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/8/8", "10.0.0.0/x"])("%j is no source", (text) => {
  expect(parseSource(text)).toBeUndefined();
});

test("only the sources that may call come in, and are believed only through our own proxy", async () => {
  const direct = await serve({ isAllowedSource: fromGupshup });
  expect(await direct.post({ "x-forwarded-for": "203.0.113.9" })).toEqual({ status: 403, body: "" });
  expect(await direct.counter('skytide_webhook_unresolved_total{reason="bad_source"}')).toBe(1);
  const behind = await serve({ isAllowedSource: fromGupshup, trustedProxies: ["127.0.0.0/8"] });
  expect(await behind.post({ "x-forwarded-for": "203.0.113.9" })).toEqual({ status: 200, body: "" });
  // What the caller wrote in front of our proxy's word counts for nothing.
  expect(await behind.post({ "x-forwarded-for": "203.0.113.9, 198.51.100.1" })).toEqual({ status: 403, body: "" });
  expect(await behind.post()).toEqual({ status: 403, body: "" });
});

test("more calls in hand than there is room for are shed at once, and room comes back", async () => {
  const log = Promise.withResolvers<{ duplicate: boolean }>();
  const handler = await createTestHandler({ publish: () => log.promise });
  const { post, counter } = await serve({ maxInFlight: 3 }, handler);
  const first = [post(), post(), post()];
  await expect.poll(() => counter("skytide_webhook_in_flight")).toBe(3);
  expect(await post()).toEqual({ status: 503, body: "" });
  expect(await counter('skytide_webhook_shed_total{limit="in_flight"}')).toBe(1);
  log.resolve({ duplicate: false });
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await post()).toMatchObject({ status: 200 });
  expect(await counter("skytide_webhook_in_flight")).toBe(0);
});

test.each(["connection", "total"] as const)("a call above the limit of the %s is answered 503", async (limit) => {
  const admit = { connection: () => true, total: () => true, [limit]: async () => false };
  const { post, counter } = await serve({}, await createTestHandler({ admit }));
  expect(await post()).toEqual({ status: 503, body: "" });
  expect(await counter(`skytide_webhook_shed_total{limit="${limit}"}`)).toBe(1);
  expect(await counter('skytide_webhook_requests_total{kind="message",outcome="shed"}')).toBe(1);
});

test("strangers spend nothing of a limit", async () => {
  const asked: string[] = [];
  const spend = (key: string) => asked.push(key) > 0;
  const { post } = await createTestHandler({ admit: { connection: spend, total: spend } });
  expect(await post(hello, "wrong")).toMatchObject({ status: 401 });
  expect(asked).toEqual([]);
  await post(hello);
  expect(asked).toEqual(["webhook.a0000000-0000-4000-8000-000000000001", "webhook.all"]);
});
