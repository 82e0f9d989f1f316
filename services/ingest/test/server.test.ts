import { connect } from "node:net";
import { v2Message } from "@skytide/gupshup/testing";
import { test as baseTest, expect, vi } from "vitest";
import { createServer } from "../src/server.ts";
import { createTestHandler, openDoor } from "./builders.ts";

const maxBytes = 10_000;
const hello = JSON.stringify(v2Message("text", { text: "Hola" }));

const test = baseTest.extend("served", async ({ task: _ }, { onCleanup }) => {
  const handler = await createTestHandler();
  const failures: unknown[] = [];
  let failNext = false;
  const server = createServer({
    maxBytes,
    ...openDoor,
    handle: (call) => (failNext ? Promise.reject(new Error("a bug")) : handler.handle(call)),
    metrics: handler.metrics,
    onError: (error) => failures.push(error),
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  onCleanup(() => server.close());
  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(url + path, { method: "POST", ...init });
    return { status: response.status, body: await response.text(), type: response.headers.get("content-type") };
  };
  const fail = () => {
    failNext = true;
  };
  return {
    ...handler,
    url,
    call,
    fail,
    failures,
    close: () => server.close(),
    isListening: () => server.server.listening,
  };
});

const empty = { body: "", type: null };

test("the secret is taken from the header or from the path", async ({ served }) => {
  const headers = { "X-Webhook-Secret": "demo-secret-aurora" };
  expect(await served.call("/webhooks/gupshup", { body: hello, headers })).toEqual({ status: 200, ...empty });
  expect(await served.call("/webhooks/gupshup/demo-secret-aurora", { body: hello })).toEqual({ status: 200, ...empty });
  expect(await served.call("/webhooks/gupshup/wrong", { body: hello })).toEqual({ status: 401, ...empty });
  expect(await served.call("/webhooks/gupshup", { body: hello })).toEqual({ status: 401, ...empty });
});

test.for([
  ["application/json"],
  ["application/json; charset=utf-8"],
  ["text/plain"],
  ["application/x-www-form-urlencoded"],
  ["no/such;type"],
  ["x"],
] as const)("JSON that calls itself %s is read", async ([type], { served }) => {
  const headers = { "content-type": type };
  expect(await served.call("/webhooks/gupshup/demo-secret-aurora", { body: hello, headers })).toMatchObject({
    status: 200,
  });
});

test("every refusal has an empty body", async ({ served }) => {
  const json = { "content-type": "application/json" };
  const answers = [
    await served.call("/webhooks/gupshup", { body: "{", headers: json }),
    await served.call("/webhooks/gupshup", { headers: json }),
    await served.call("/webhooks/gupshup", { body: hello.replace("AuroraDemo", "NoSuchApp") }),
    await served.call("/webhooks/gupshup", { body: "x".repeat(maxBytes + 1) }),
    await served.call("/webhooks/gupshup", { method: "GET" }),
    await served.call("/webhooks/gupshup?botname=x&channel=whatsapp", { method: "GET" }),
    await served.call("/webhooks/gupshup", { method: "PUT", body: hello }),
    await served.call("/no/such/path", { body: hello }),
    await served.call("/webhooks/gupshup/%zz", { body: hello }),
    await served.call(`/webhooks/gupshup/${"s".repeat(600)}`, { body: hello }),
    await served.call("/", { method: "GET" }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 404, 413, 404, 404, 404, 404, 404, 404, 404]);
  expect(answers.filter(({ body, type }) => body !== "" || type !== null)).toEqual([]);
});

test("a body that is sent in chunks without a length is cut off at the limit", async ({ served }) => {
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode("x".repeat(4096)));
    },
  });
  const init = { body, duplex: "half" } as RequestInit;
  const status = await served.call("/webhooks/gupshup", init).then(
    (answer) => answer.status,
    () => "cut",
  );
  expect(["cut", 413]).toContain(status);
  expect(await served.counter('skytide_webhook_requests_total{kind="other",outcome="rejected"}')).toBe(1);
});

test("a bug is answered 503 with an empty body, and reported", async ({ served }) => {
  served.fail();
  expect(await served.call("/webhooks/gupshup", { body: hello })).toEqual({ status: 503, ...empty });
  expect(served.failures).toHaveLength(1);
  expect(await served.counter('skytide_webhook_requests_total{kind="other",outcome="error"}')).toBe(1);
});

test("what is not HTTP gets an empty answer", async ({ served }) => {
  const { hostname, port } = new URL(served.url);
  const socket = connect(Number(port), hostname);
  socket.end("HOLA\r\n\r\n");
  let answer = "";
  for await (const chunk of socket.setEncoding("utf8")) answer += chunk;
  expect(answer).toMatch(/^HTTP\/1.1 400 [\s\S]*\r\n\r\n$/);
});

test("every answer is counted by what came and what became of it, with its duration", async ({ served }) => {
  await served.call("/webhooks/gupshup/demo-secret-aurora", { body: hello });
  await served.call("/webhooks/gupshup/demo-secret-aurora", { body: hello });
  await served.call("/webhooks/gupshup/wrong", { body: hello });
  const series = (outcome: string) =>
    served.counter(`skytide_webhook_requests_total{kind="message",outcome="${outcome}"}`);
  expect([await series("accepted"), await series("duplicate"), await series("rejected")]).toEqual([1, 1, 1]);
  expect(await served.counter('skytide_webhook_duration_seconds_count{kind="message"}')).toBe(3);
});

test("a call on an open connection while the server closes is answered like any other, with an empty body", async ({
  served,
}) => {
  const { hostname, port } = new URL(served.url);
  const socket = connect(Number(port), hostname).setEncoding("utf8");
  let answers = "";
  socket.on("data", (chunk) => {
    answers += chunk;
  });
  const call = `POST /webhooks/gupshup/demo-secret-aurora HTTP/1.1\r\nhost: x\r\ncontent-length: ${Buffer.byteLength(hello)}\r\n\r\n${hello}`;
  socket.write(call);
  await vi.waitFor(() => expect(answers).toMatch(/^HTTP\/1.1 200 /));
  // Half a call is on its way when the server begins to close.
  socket.write(call.slice(0, 30));
  await served.call("/no/such/path");
  const closed = served.close();
  await vi.waitFor(() => expect(served.isListening()).toBe(false));
  socket.write(call.slice(30));
  await vi.waitFor(() => expect(answers.match(/HTTP\/1.1 (\d+)/g)).toHaveLength(2));
  expect(answers.slice(8)).toMatch(/HTTP\/1.1 200 [\s\S]*content-length: 0\r\n[\s\S]*\r\n\r\n$/i);
  await closed;
});
