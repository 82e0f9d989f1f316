import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test as base } from "vitest";

interface ReceivedRequest {
  path: string;
  headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads into whatever was sent
  body: any;
}

type Reply = (response: ServerResponse) => void;

interface Provider {
  url: string;
  requests: ReceivedRequest[];
  /** The replies to come, in order; the last one stays. */
  replies: Reply[];
}

/** A recorded reply. */
export function fixture(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8"));
}

/** Answers with JSON. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Answers with the bytes as they are. */
export function raw(body: string, contentType = "application/json"): Reply {
  return (response) => response.writeHead(200, { "content-type": contentType }).end(body);
}

/** Promises more than it sends and hangs up. */
export const cut: Reply = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"id":"resp_1","sta');
  setImmediate(() => response.destroy());
};

/** Sends headers and half a body, and nothing more. */
export const stalled: Reply = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"id":');
};

/** Takes the request and never answers. */
export const silent: Reply = () => {};

/** vitest's `test` with a provider of our own that answers what the test says. */
export const test = base.extend<{ provider: Provider }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  provider: async ({}, use) => {
    const requests: ReceivedRequest[] = [];
    const replies: Reply[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString());
        requests.push({ path: request.url ?? "", headers: request.headers, body });
        const reply = replies.length > 1 ? replies.shift() : replies[0];
        reply?.(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await use({ url: `http://127.0.0.1:${port}`, requests, replies });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
});
