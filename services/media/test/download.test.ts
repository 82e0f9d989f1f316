import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { RetryableError } from "@skytide/errors";
import { test as base, expect } from "vitest";
import { allowedHostsSchema } from "../src/allowed-hosts.ts";
import { createDownload, type DownloadOptions } from "../src/download.ts";

type Answer = (response: ServerResponse, path: string) => void;
interface Host {
  url: string;
  paths: string[];
  answer: Answer;
}

async function listen(host: Host): Promise<Server> {
  const server = createServer((request, response) => {
    host.paths.push(request.url ?? "");
    host.answer(response, request.url ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return server;
}

const test = base.extend<{ host: Host; other: Host }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  host: async ({}, use) => useHost(use),
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  other: async ({}, use) => useHost(use),
});

async function useHost(use: (host: Host) => Promise<void>): Promise<void> {
  const host: Host = { url: "", paths: [], answer: (response) => response.end("OggS") };
  const server = await listen(host);
  await use(host);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

const { signal } = new AbortController();
const from = (allowed: string, options: Partial<DownloadOptions> = {}) =>
  createDownload({ allowed: allowedHostsSchema.parse(allowed), maxBytes: 1_000, timeoutMs: 5_000, ...options });
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('{"status":"error","message":"Invalid Media Id"}');

test("a file comes whole", async ({ host }) => {
  expect(await from(host.url)(`${host.url}/media/1`, signal)).toEqual({ kind: "file", bytes: Buffer.from("OggS") });
});

test("a redirect to an allowed host is followed", async ({ host, other }) => {
  host.answer = status(302, { location: `${other.url}/real` });
  expect(await from(`${host.url},${other.url}`)(`${host.url}/1`, signal)).toMatchObject({ kind: "file" });
  expect(other.paths).toEqual(["/real"]);
});

test.for([
  "http://169.254.169.254/latest/meta-data/",
  "http://localhost:1/x",
  "file:///etc/passwd",
  "//[::1]:4222/",
  "https://filemanager.gupshup.io.evil.example/",
  "http://",
])("a redirect to %s is refused", async (location, { host }) => {
  host.answer = status(307, { location });
  expect(await from(`${host.url},filemanager.gupshup.io`)(`${host.url}/1`, signal)).toEqual({ kind: "refused" });
});

test("a redirect to a private machine that is not listed is refused, before anything is asked of it", async ({
  host,
  other,
}) => {
  host.answer = status(302, { location: `${other.url}/internal` });
  expect(await from(host.url)(`${host.url}/1`, signal)).toEqual({ kind: "refused" });
  expect(other.paths).toEqual([]);
});

test("redirects without end are refused after the third", async ({ host }) => {
  host.answer = status(302, { location: "/again" });
  expect(await from(host.url)(`${host.url}/1`, signal)).toEqual({ kind: "refused" });
  expect(host.paths).toHaveLength(4);
});

test("an allowed name that resolves to a private address is refused", async () => {
  for (const address of ["10.0.0.7", "169.254.169.254", "127.0.0.1", "::1", "fd00::7"]) {
    const resolve = ((_host: string, _options: object, done: (error: null, addresses: object[]) => void) =>
      done(null, [
        { address: "8.8.8.8", family: 4 },
        { address, family: address.includes(":") ? 6 : 4 },
      ])) as unknown as NonNullable<DownloadOptions["resolve"]>;
    const download = from("filemanager.gupshup.io", { resolve });
    expect(await download("https://filemanager.gupshup.io/wa/media/1", signal)).toEqual({ kind: "refused" });
  }
});

test("a name that changes its mind gains nothing: it is asked once per hop, and the answer that was judged is used", async () => {
  const answers = ["8.8.8.8", "127.0.0.1"];
  let asked = 0;
  const resolve = ((_host: string, _options: object, done: (error: null, addresses: object[]) => void) => {
    done(null, [{ address: answers[asked++], family: 4 }]);
  }) as unknown as NonNullable<DownloadOptions["resolve"]>;
  const download = from("filemanager.gupshup.io", { resolve, timeoutMs: 200 });
  // The public address is out of a test's reach: whatever the network says to that, nothing private was connected to.
  await expect(download("https://filemanager.gupshup.io/wa/media/1", signal)).rejects.toBeInstanceOf(RetryableError);
  expect(asked).toBe(1);
});

test("an allowed host that redirects to an allowed name with a private address is refused", async ({ host }) => {
  const resolve = ((_host: string, _options: object, done: (error: null, addresses: object[]) => void) =>
    done(null, [{ address: "169.254.169.254", family: 4 }])) as unknown as NonNullable<DownloadOptions["resolve"]>;
  host.answer = status(302, { location: "https://filemanager.gupshup.io/wa/media/1" });
  const download = from(`${host.url},filemanager.gupshup.io`, { resolve });
  expect(await download(`${host.url}/1`, signal)).toEqual({ kind: "refused" });
});

test.for([
  "https://2852039166/latest/meta-data/",
  "https://0xA9FEA9FE/",
  "https://0251.0376.0251.0376/",
  "https://169.254.43518/",
  "https://[::ffff:169.254.169.254]/",
  "https://[::ffff:a9fe:a9fe]/",
  "https://[64:ff9b::a9fe:a9fe]/",
  "https://[fe80::1]/",
  "https://filemanager.gupshup.io:8443/",
  "https://filemanager.gupshup.io./",
  "https://filemanager.gupshup.io@169.254.169.254/",
  "https://user:word@filemanager.gupshup.io/",
  "http://filemanager.gupshup.io/",
  "https://filemanager.gupshup.io%00.evil.example/",
  "ftp://filemanager.gupshup.io/x",
])("the disguised address %s is refused, given or redirected to", async (address, { host }) => {
  const resolve = (() => expect.unreachable("nobody is asked for it")) as unknown as NonNullable<
    DownloadOptions["resolve"]
  >;
  expect(await from("filemanager.gupshup.io", { resolve })(address, signal)).toEqual({ kind: "refused" });
  host.answer = status(302, { location: address });
  expect(await from(`${host.url},filemanager.gupshup.io`, { resolve })(`${host.url}/1`, signal)).toEqual({
    kind: "refused",
  });
});

test.for(["not a url", "", "/relative", "http://127.0.0.1:1/x"])("the address %j is refused", async (address) => {
  expect(await from("filemanager.gupshup.io")(address, signal)).toEqual({ kind: "refused" });
});

test.for([400, 404, 410])("status %i means that the provider has it no more", async (code, { host }) => {
  host.answer = status(code);
  expect(await from(host.url)(`${host.url}/1`, signal)).toEqual({ kind: "expired" });
});

test("a file that says it is too large is not read", async ({ host }) => {
  host.answer = (response) => response.writeHead(200, { "content-length": "1001" }).write("x");
  expect(await from(host.url)(`${host.url}/1`, signal)).toEqual({ kind: "too_large" });
});

test("a file that never ends is cut off at the limit", async ({ host }) => {
  let closed = false;
  host.answer = (response) => {
    response.writeHead(200);
    const more = () => response.write("x".repeat(100), () => (closed ? undefined : setImmediate(more)));
    response.on("close", () => {
      closed = true;
    });
    more();
  };
  expect(await from(host.url)(`${host.url}/1`, signal)).toEqual({ kind: "too_large" });
  await expect.poll(() => closed).toBe(true);
});

test.for([
  ["a server error", status(500), "download-failed"],
  ["a refusal that may pass", status(403), "download-failed"],
  ["the provider's block", status(429), "download-rate-limited"],
  ["an empty file", status(204), "download-failed"],
  ["a file without bytes", (response: ServerResponse) => response.end(), "download-failed"],
  ["a connection that breaks", (response: ServerResponse) => response.destroy(), "download-unreachable"],
  [
    "a file cut halfway",
    (response: ServerResponse) => {
      response.writeHead(200, { "content-length": "100" }).write("OggS");
      setImmediate(() => response.destroy());
    },
    "download-unreachable",
  ],
] as const)("%s is worth another try", async ([, answer, code], { host }) => {
  host.answer = answer;
  const thrown = await from(host.url)(`${host.url}/secret-id`, signal).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(RetryableError);
  expect(thrown).toMatchObject({ code });
  expect(String(thrown)).not.toContain("secret-id");
});

test.for([
  ["never answers", () => {}],
  ["stops in the middle", (response: ServerResponse) => void response.writeHead(200).write("OggS")],
] as const)("a host that %s is given up", async ([, answer], { host }) => {
  host.answer = answer;
  const thrown = from(host.url, { timeoutMs: 100 })(`${host.url}/1`, signal);
  await expect(thrown).rejects.toMatchObject({ name: "RetryableError", code: "download-timeout" });
});

test("the caller's abort passes through", async ({ host }) => {
  const controller = new AbortController();
  host.answer = () => controller.abort(new Error("draining"));
  await expect(from(host.url)(`${host.url}/1`, controller.signal)).rejects.toThrow("draining");
});
