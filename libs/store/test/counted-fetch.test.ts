import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "../src/index.ts";

/** What is told of a call of the store to a server that answers so. */
async function toldOf(answer: RequestListener, call: (store: ReturnType<typeof createStore>) => Promise<unknown>) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const told: string[] = [];
  const store = createStore({
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, serviceRoleKey: "key", timeoutMs: 200 },
    dependencies: { requests: (dependency) => (outcome) => void told.push(`${dependency} ${outcome}`) },
  });
  await call(store).catch(() => undefined);
  return new Set(told);
}

const answering = (status: number): RequestListener => {
  return (request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/json" }).end("{}");
  };
};

test.for([
  ["an answer", answering(200), "postgres ok"],
  ["a refusal", answering(400), "postgres client_error"],
  ["a database that is away behind its door", answering(500), "postgres server_error"],
  ["no answer in time", () => undefined, "postgres timeout"],
  ["a connection that is cut", (request) => void request.socket.destroy(), "postgres network"],
] as [string, RequestListener, string][])("%s is told of every call", async ([, answer, expected]) => {
  expect(await toldOf(answer, (store) => store.health())).toEqual(new Set([expected]));
});

test("the file storage is another dependency than the database", async () => {
  const told = await toldOf(answering(503), (store) => store.removeMedia(["a/b/c.ogg"]));
  expect(told).toEqual(new Set(["storage server_error"]));
});
