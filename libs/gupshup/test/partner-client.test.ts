import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { RetryableError } from "@skytide/errors";
import { expect, onTestFinished, test } from "vitest";
import { createPartnerClient } from "../src/index.ts";

const request = { appId: "app-1", providerMessageId: "wamid.A==", signal: AbortSignal.timeout(5000) };

/** A partner API that answers from a list and keeps what it was asked. */
async function partnerApi(answers: { status: number; body?: string }[]) {
  const asked: string[] = [];
  const server = createServer(async (call, response) => {
    let body = "";
    for await (const chunk of call.setEncoding("utf8")) body += chunk;
    asked.push([call.method, call.url, call.headers.authorization, body].join(" ").trim());
    const { status = 200, body: answer = "" } = answers.shift() ?? {};
    response.writeHead(status).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { asked, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const token = (name: string) => ({ status: 200, body: JSON.stringify({ status: "success", token: { token: name } }) });

test("typing is shown with the app's own token, which is asked for once and again when it is refused", async () => {
  const { asked, baseUrl } = await partnerApi([
    ...[token("sk_1"), { status: 200 }, { status: 200 }],
    ...[{ status: 401 }, token("sk_2"), { status: 200 }],
  ]);
  const partner = createPartnerClient({ baseUrl, token: "partner" });
  await partner.showTyping(request);
  await partner.showTyping(request);
  await expect(partner.showTyping(request)).rejects.toThrow(RetryableError);
  await partner.showTyping(request);
  const event =
    '{"type":"message-event","message":{"messaging_product":"whatsapp","status":"read","message_id":"wamid.A==","typing_indicator":{"type":"text"}}}';
  expect(asked).toEqual([
    "GET /partner/app/app-1/token partner",
    `POST /partner/app/app-1/v1/event sk_1 ${event}`,
    `POST /partner/app/app-1/v1/event sk_1 ${event}`,
    `POST /partner/app/app-1/v1/event sk_1 ${event}`,
    "GET /partner/app/app-1/token partner",
    `POST /partner/app/app-1/v1/event sk_2 ${event}`,
  ]);
});

test.each([
  ["a token refused", [{ status: 401, body: "{}" }]],
  ["a token that is none", [{ status: 200, body: "<html>" }]],
  ["an event refused", [token("sk_1"), { status: 400, body: '{"message":"Outbound event not supported"}' }]],
])("%s is one failure and no more", async (_, answers) => {
  const { baseUrl } = await partnerApi(answers);
  await expect(createPartnerClient({ baseUrl, token: "partner" }).showTyping(request)).rejects.toThrow(RetryableError);
});
