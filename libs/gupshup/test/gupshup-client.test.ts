import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import { test as baseTest, describe, expect } from "vitest";
import { createGupshupClient } from "../src/index.ts";

const to = {
  organizationId: "a0000000-0000-4000-8000-000000000001",
  apiKey: "demo-key",
  appName: "AuroraDemo",
  source: "573000000001",
  destination: "573001110001",
};
const text = { kind: "text", text: "Hola" } as const;

/** `serve` starts a server with the given answer and returns its address. */
const test = baseTest.extend<{ serve: (answer: RequestListener) => Promise<string> }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixture's dependencies off the pattern.
  serve: async ({}, use) => {
    const server = createServer();
    await use(async (answer) => {
      server.on("request", answer);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
});

async function formOf(request: IncomingMessage): Promise<Record<string, string>> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return Object.fromEntries(new URLSearchParams(body));
}

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

function answering(status: number, body: string, headers: Record<string, string> = {}): RequestListener {
  return (request, response) => {
    request.resume();
    response.writeHead(status, headers).end(body);
  };
}

const submitted = JSON.stringify({ status: "submitted", messageId: "m-1" });

describe("what is sent", () => {
  test("text is a form with the message as JSON", async ({ serve }) => {
    const seen: unknown[] = [];
    const baseUrl = await serve(async (request, response) => {
      const { apikey, "content-type": type } = request.headers;
      seen.push(request.method, request.url, apikey, type, await formOf(request));
      response.writeHead(202).end(submitted);
    });
    const result = await createGupshupClient({ baseUrl: `${baseUrl}/` }).sendMessage({ ...to, message: text });
    expect(result).toEqual({ kind: "accepted", providerMessageId: "m-1" });
    expect(seen).toEqual([
      "POST",
      "/wa/api/v1/msg",
      "demo-key",
      "application/x-www-form-urlencoded;charset=UTF-8",
      {
        channel: "whatsapp",
        source: "573000000001",
        destination: "573001110001",
        "src.name": "AuroraDemo",
        message: '{"type":"text","text":"Hola","previewUrl":false}',
        disablePreview: "true",
      },
    ]);
  });

  test("buttons and lists carry their payloads and the reference", async ({ serve }) => {
    const forms: Record<string, string>[] = [];
    const baseUrl = await serve(async (request, response) => {
      forms.push(await formOf(request));
      response.writeHead(202).end(submitted);
    });
    const client = createGupshupClient({ baseUrl });
    const buttons = [{ title: "Sí", payload: "yes" }];
    await client.sendMessage({ ...to, reference: "r:0", message: { kind: "buttons", text: "¿Va?", buttons } });
    const rows = [{ title: "10:00", description: "Ana 💇", payload: "slot-1" }];
    await client.sendMessage({ ...to, message: { kind: "list", text: "¿Cuál?", button: "Ver", rows } });
    expect(forms.map(({ message = "", encode }) => ({ ...JSON.parse(message), encode }))).toEqual([
      {
        type: "quick_reply",
        msgid: "r:0",
        content: { type: "text", text: "¿Va?" },
        options: [{ type: "text", title: "Sí", postbackText: "yes" }],
      },
      {
        type: "list",
        title: "Ver",
        body: "¿Cuál?",
        globalButtons: [{ type: "text", title: "Ver" }],
        items: [
          { title: "Ver", options: [{ type: "text", title: "10:00", description: "Ana 💇", postbackText: "slot-1" }] },
        ],
        encode: "true",
      },
    ]);
  });

  test("a template's parameters are flattened", async ({ serve }) => {
    const forms: Record<string, string>[] = [];
    const baseUrl = await serve(async (request, response) => {
      forms.push({ url: request.url ?? "", ...(await formOf(request)) });
      response.writeHead(202).end(submitted);
    });
    const postbackTexts = [{ index: 0, text: "c:1" }];
    const parameters = ["Laura", "quiere\nhablar\t", ""];
    await createGupshupClient({ baseUrl }).sendTemplate({ ...to, templateId: "t-1", parameters, postbackTexts });
    expect(forms[0]).toMatchObject({
      url: "/wa/api/v1/template/msg",
      template: '{"id":"t-1","params":["Laura","quiere hablar","-"]}',
      postbackTexts: '[{"index":0,"text":"c:1"}]',
    });
  });

  test.for([
    [
      "image",
      { type: "image", originalUrl: "https://f.example/a.png", previewUrl: "https://f.example/a.png", caption: "Hola" },
    ],
    ["audio", { type: "audio", url: "https://f.example/a.png" }],
    ["video", { type: "video", url: "https://f.example/a.png", caption: "Hola" }],
    ["file", { type: "file", url: "https://f.example/a.png", filename: "a.png", caption: "Hola" }],
  ] as const)("media by link: %s", async ([mediaType, message], { serve }) => {
    const forms: Record<string, string>[] = [];
    const baseUrl = await serve(async (request, response) => {
      forms.push(await formOf(request));
      response.writeHead(202).end(submitted);
    });
    const media = { kind: "media", mediaType, url: "https://f.example/a.png", text: "Hola" } as const;
    await createGupshupClient({ baseUrl }).sendMessage({ ...to, message: media });
    expect(JSON.parse(forms[0]?.message ?? "")).toEqual(message);
  });

  test("a place has its name and address where they are known", async ({ serve }) => {
    const forms: Record<string, string>[] = [];
    const baseUrl = await serve(async (request, response) => {
      forms.push(await formOf(request));
      response.writeHead(202).end(submitted);
    });
    const place = { kind: "location", latitude: 4.65, longitude: -74.05, text: "Aurora", address: "Calle 1" } as const;
    await createGupshupClient({ baseUrl }).sendMessage({ ...to, message: place });
    expect(JSON.parse(forms[0]?.message ?? "")).toEqual({
      ...{ type: "location", longitude: -74.05, latitude: 4.65, name: "Aurora", address: "Calle 1" },
    });
  });

  test("a read mark names the customer's message", async ({ serve }) => {
    const calls: unknown[] = [];
    const baseUrl = await serve((request, response) => {
      calls.push(`${request.method} ${request.url}`, request.headers.apikey);
      response.writeHead(202).end();
    });
    const message = { organizationId: to.organizationId, apiKey: "k", appId: "app", providerMessageId: "wamid.A==" };
    await createGupshupClient({ baseUrl }).markRead(message);
    expect(calls).toEqual(["PUT /wa/app/app/msg/wamid.A%3D%3D/read", "k"]);
  });
});

describe("what an answer means:", () => {
  test.for([
    [401, "{}", TenantConfigError, "gupshup-key-refused"],
    [403, "{}", TenantConfigError, "gupshup-key-refused"],
    [400, '{"status":"error","message":"Invalid App Details"}', TenantConfigError, "gupshup-app-invalid"],
    [400, '{"status":"error","message":"Invalid Destination"}', PermanentError, "gupshup-destination-invalid"],
    [400, "<html>", PermanentError, "gupshup-refused"],
    [302, "", PermanentError, "gupshup-refused"],
    [429, '{"status":"error","message":"Too Many Requests"}', RetryableError, "gupshup-rate-limited"],
    [500, "", RetryableError, "gupshup-unavailable"],
    [503, "busy", RetryableError, "gupshup-unavailable"],
  ] as const)("%s %s", async ([status, body, kind, code], { serve }) => {
    const baseUrl = await serve(answering(status, body, { location: "http://127.0.0.1:1/" }));
    const error = await createGupshupClient({ baseUrl })
      .sendMessage({ ...to, message: text })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ code });
  });

  test("a wait that Gupshup asks for is kept, within reason", async ({ serve }) => {
    const baseUrl = await serve(answering(429, "", { "retry-after": "7200" }));
    const sending = createGupshupClient({ baseUrl }).sendMessage({ ...to, message: text });
    await expect(sending).rejects.toMatchObject({ retryAfterMs: 600_000 });
  });

  test.for([
    ["", "nothing"],
    ["<html></html>", "HTML"],
    ['{"status":"submitted"', "half a body"],
    ['{"status":"submitted","messageId":""}', "an empty id"],
  ] as const)("2xx with %s is uncertain", async ([body], { serve }) => {
    const baseUrl = await serve(answering(202, body));
    const result = await createGupshupClient({ baseUrl }).sendMessage({ ...to, message: text });
    expect(result).toEqual({ kind: "uncertain", reason: "no-message-id" });
  });

  test("no answer in time is uncertain", async ({ serve }) => {
    const baseUrl = await serve((request) => request.resume());
    const result = await createGupshupClient({ baseUrl, timeoutMs: 100 }).sendMessage({ ...to, message: text });
    expect(result).toEqual({ kind: "uncertain", reason: "timeout" });
  });

  test("a connection cut after the request left is uncertain", async ({ serve }) => {
    const baseUrl = await serve((request) => request.socket.destroy());
    const result = await createGupshupClient({ baseUrl }).sendMessage({ ...to, message: text });
    expect(result).toEqual({ kind: "uncertain", reason: "connection-lost" });
  });

  test("a refusal whose body never ends is a refusal", async ({ serve }) => {
    const baseUrl = await serve((request, response) => {
      request.resume();
      response.writeHead(503).write("x");
    });
    const sending = createGupshupClient({ baseUrl, timeoutMs: 200 }).sendMessage({ ...to, message: text });
    await expect(sending).rejects.toMatchObject({ code: "gupshup-unavailable" });
  });

  test("each call is told once, with what became of it", async ({ serve }) => {
    const answers = [
      answering(202, '{"status":"submitted","messageId":"m"}'),
      answering(429, "{}"),
      answering(503, "{}"),
      (request: IncomingMessage) => void request.resume(),
      (request: IncomingMessage) => void request.socket.destroy(),
    ];
    const count = answers.length;
    const baseUrl = await serve((request, response) => answers.shift()?.(request, response));
    const told: string[] = [];
    const client = createGupshupClient({ baseUrl, timeoutMs: 100, onRequest: (outcome) => told.push(outcome) });
    for (let call = 0; call < count; call += 1) await client.sendMessage({ ...to, message: text }).catch(() => {});
    expect(told).toEqual(["ok", "rate_limited", "server_error", "timeout", "network"]);
  });

  test("an answer without end is cut off", async ({ serve }) => {
    const baseUrl = await serve((request, response) => {
      request.resume();
      response.writeHead(202);
      const pump = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", pump);
      pump();
    });
    const result = await createGupshupClient({ baseUrl }).sendMessage({ ...to, message: text });
    expect(result).toEqual({ kind: "uncertain", reason: "no-message-id" });
  });

  test("nobody at the address is retryable: nothing was sent", async () => {
    const client = createGupshupClient({ baseUrl: `http://127.0.0.1:${await closedPort()}` });
    await expect(client.sendMessage({ ...to, message: text })).rejects.toMatchObject({ code: "gupshup-unreachable" });
  });

  test("a stop before the call is retryable, a stop during the call is uncertain", async ({ serve }) => {
    const stop = new AbortController();
    const baseUrl = await serve((request) => {
      request.resume();
      stop.abort();
    });
    const client = createGupshupClient({ baseUrl });
    const result = await client.sendMessage({ ...to, message: text, signal: stop.signal });
    expect(result).toEqual({ kind: "uncertain", reason: "connection-lost" });
    const again = client.sendMessage({ ...to, message: text, signal: stop.signal });
    await expect(again).rejects.toBeInstanceOf(RetryableError);
  });

  test("a key that cannot be a header is the organization's to mend, and is not quoted", async () => {
    const client = createGupshupClient({ baseUrl: "http://127.0.0.1:1" });
    const error = await client
      .sendMessage({ ...to, apiKey: "clave\nsecreta", message: text })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(TenantConfigError);
    expect(`${error.message} ${error.cause}`).not.toContain("clave");
  });
});
