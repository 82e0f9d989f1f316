import { describe, expect } from "vitest";
import { LAURA, sendAs, test, textMessage } from "./setup.ts";

const hola = { app: "AuroraDemo", type: "text", text: "Hola" } as const;
const types = (calls: { body: { payload?: { type?: string } } }[]) => calls.map(({ body }) => body.payload?.type);

describe("faults of the send API", () => {
  test("a status is answered as often as it should, and nothing is taken over", async ({ simulators }) => {
    simulators.control.setGupshupFaults([{ kind: "status", status: 429, times: 1 }]);
    const refused = await sendAs(simulators, textMessage("uno"));
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({ status: "error", message: "Too Many Requests" });
    expect((await sendAs(simulators, textMessage("dos"))).status).toBe(202);
    const { bubbles } = simulators.control.conversation("AuroraDemo", LAURA);
    expect(bubbles.map(({ content }) => content)).toEqual([{ kind: "text", text: "dos" }]);
  });

  test("an answer without an id, or cut in half, comes after the message was taken over", async ({ simulators }) => {
    simulators.control.setGupshupFaults([
      { kind: "no-id", times: 1 },
      { kind: "cut", times: 1, after: 1 },
    ]);
    expect(await (await sendAs(simulators, textMessage("uno"))).json()).toEqual({ status: "submitted" });
    const cut = await sendAs(simulators, textMessage("dos"));
    await expect(cut.text()).rejects.toThrow();
    expect(simulators.control.conversation("AuroraDemo", LAURA).bubbles).toHaveLength(2);
  });

  test("a reset connection comes before anything was taken over", async ({ simulators }) => {
    simulators.control.setGupshupFaults([{ kind: "reset", destination: LAURA }]);
    await expect(sendAs(simulators, textMessage("uno"))).rejects.toThrow();
    expect((await sendAs(simulators, { ...textMessage("uno"), destination: "573001110002" })).status).toBe(202);
    expect(simulators.control.conversation("AuroraDemo", LAURA).bubbles).toHaveLength(0);
  });

  test("a slow answer takes its time; a hanging one never comes", async ({ simulators }) => {
    simulators.control.setGupshupFaults([
      { kind: "slow", ms: 60, times: 1 },
      { kind: "hang", after: 1 },
    ]);
    const begin = performance.now();
    expect((await sendAs(simulators, textMessage("uno"))).status).toBe(202);
    expect(performance.now() - begin).toBeGreaterThan(55);
    const form = new URLSearchParams({ ...textMessage("dos") });
    const call = fetch(`${simulators.gupshupUrl}/wa/api/v1/msg`, {
      method: "POST",
      body: form,
      signal: AbortSignal.timeout(80),
    });
    await expect(call).rejects.toThrow(/timeout/);
  });
});

describe("faults of what comes after the 202", () => {
  test("a failure at WhatsApp comes with gsId, one at Gupshup without", async ({ simulators, business }) => {
    simulators.control.setGupshupFaults([
      { kind: "fail", code: 131026, times: 1 },
      { kind: "fail", code: 1003, by: "gupshup", times: 1, after: 1 },
    ]);
    simulators.control.customer(LAURA, hola);
    const first = (await (await sendAs(simulators, textMessage("uno"))).json()) as { messageId: string };
    const calls = await business.atLeast(3);
    expect(calls[2]?.body.payload).toMatchObject({ type: "failed", gsId: first.messageId, payload: { code: 131026 } });
    const second = (await (await sendAs(simulators, textMessage("dos"))).json()) as { messageId: string };
    const last = (await business.atLeast(4))[3]?.body.payload;
    expect(last).toMatchObject({ type: "failed", id: second.messageId, payload: { code: 1003 } });
    expect(last).not.toHaveProperty("gsId");
  });

  test("receipts come reversed, twice, not at all, or without gsId", async ({ simulators, business }) => {
    simulators.control.customer(LAURA, hola);
    await business.atLeast(1);
    simulators.control.setGupshupFaults([
      { kind: "reorder" },
      { kind: "duplicate", event: "read" },
      { kind: "drop", event: "delivered" },
      { kind: "no-gs-id" },
    ]);
    await sendAs(simulators, textMessage("uno"));
    const calls = (await business.atLeast(5)).slice(1);
    expect(types(calls)).toEqual(["read", "read", "sent", "enqueued"]);
    expect(calls.slice(0, 3).every(({ body }) => body.payload?.gsId === undefined)).toBe(true);
    expect(simulators.control.conversation("AuroraDemo", LAURA).bubbles[1]?.status).toBe("read");
  });

  test("a customer's message comes twice, by both formats", async ({ simulators, business }) => {
    simulators.control.setGupshupFaults([{ kind: "both-versions" }]);
    const { messageId } = simulators.control.customer(LAURA, hola);
    const calls = await business.atLeast(2);
    expect(calls.map(({ body }) => body.object ?? body.type)).toEqual(["message", "whatsapp_business_account"]);
    expect(calls.every(({ body }) => JSON.stringify(body).includes(messageId))).toBe(true);
  });

  test("a late event is overtaken by the next one", async ({ simulators, business }) => {
    simulators.control.setGupshupFaults([{ kind: "late", ms: 60, event: "message", times: 1 }]);
    simulators.control.customer(LAURA, hola);
    simulators.control.customer(LAURA, { ...hola, text: "¿Hay alguien?" });
    const calls = await business.atLeast(2);
    expect(calls.map(({ body }) => body.payload?.payload?.text)).toEqual(["¿Hay alguien?", "Hola"]);
  });
});

describe("the remote control over HTTP", () => {
  const call = async (url: string, method: string, body: object) =>
    fetch(url, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

  test("writes as a customer, shows the conversation and sets faults", async ({ simulators }) => {
    const base = `${simulators.gupshupUrl}/simulator/gupshup`;
    const written = await call(`${base}/customers/${LAURA}/messages`, "POST", hola);
    expect(written.status).toBe(202);
    const view = (await (await fetch(`${base}/conversations/AuroraDemo/${LAURA}`)).json()) as { bubbles: unknown[] };
    expect(view.bubbles).toHaveLength(1);
    expect((await call(`${base}/faults`, "PUT", { faults: [{ kind: "hang", times: 2 }] })).status).toBe(200);
    expect(await (await fetch(`${base}/faults`)).json()).toEqual({ faults: [{ kind: "hang", times: 2 }] });
  });

  test("says in one sentence what is wrong with a call", async ({ simulators }) => {
    const base = `${simulators.gupshupUrl}/simulator/gupshup`;
    const unknownFault = await call(`${base}/faults`, "PUT", { faults: [{ kind: "earthquake" }] });
    expect(unknownFault.status).toBe(400);
    const unknownApp = await call(`${base}/customers/${LAURA}/messages`, "POST", { ...hola, app: "Nobody" });
    expect(unknownApp.status).toBe(400);
    expect(await unknownApp.json()).toEqual({ status: "error", message: "there is no app named Nobody" });
  });

  test("streams what happens on the phones", async ({ simulators }) => {
    const stream = await fetch(`${simulators.gupshupUrl}/simulator/gupshup/stream`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    simulators.control.customer(LAURA, hola);
    let text = "";
    while (!text.includes('"text":"Hola"')) text += (await reader?.read())?.value ?? "";
    expect(text).toMatch(/^event: hello\n/);
    expect(text).toContain("event: change\n");
    await reader?.cancel();
  });
});
