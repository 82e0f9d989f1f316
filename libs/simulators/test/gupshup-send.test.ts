import { describe, expect } from "vitest";
import { ESCALATION_TEMPLATE_ID } from "../src/index.ts";
import { LAURA, sendAs, test, textMessage } from "./setup.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("the send API", () => {
  test("takes a message with 202 and a fresh id, and says that it is a simulator", async ({ simulators }) => {
    const response = await sendAs(simulators, textMessage("Hola"));
    expect(response.status).toBe(202);
    expect(response.headers.get("x-skytide-simulator")).toBe("gupshup");
    expect(await response.json()).toEqual({ status: "submitted", messageId: expect.stringMatching(uuid) });
  });

  test.for([
    ["a wrong key", {}, { key: "nobody" }, 401, "Authentication Failed"],
    ["another business's key", {}, { key: "demo-key-brisa" }, 400, "Invalid App Details"],
    ["an app that is not the number's", { "src.name": "BrisaDemo" }, {}, 400, "Invalid App Details"],
    ["a destination that is no number", { destination: "laura" }, {}, 400, "Invalid Destination"],
    ["a message that is not JSON", { message: "Hola" }, {}, 400, "Invalid Message"],
    ["a message of an unknown type", { message: '{"type":"poll"}' }, {}, 400, "Invalid Message"],
  ] as const)("refuses %s", async ([_, fields, options, status, message], { simulators }) => {
    const response = await sendAs(simulators, { ...textMessage("Hola"), ...fields }, options);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ status: "error", message });
  });

  test("shows buttons and lists with what stands behind them", async ({ simulators }) => {
    const buttons = {
      type: "quick_reply",
      msgid: "ask-1",
      content: { type: "text", text: "¿Confirmas?", caption: "Aurora" },
      options: [{ type: "text", title: "Sí", postbackText: "yes:1" }],
    };
    const list = {
      type: "list",
      title: "Servicios",
      body: "Elige uno",
      msgid: "list-1",
      globalButtons: [{ type: "text", title: "Ver" }],
      items: [
        {
          title: "Faciales",
          options: [{ type: "text", title: "Limpieza", description: "60 min", postbackText: "s:1" }],
        },
      ],
    };
    await sendAs(simulators, { message: JSON.stringify(buttons) });
    await sendAs(simulators, { message: JSON.stringify(list) });
    const [first, second] = simulators.control.conversation("AuroraDemo", LAURA).bubbles;
    expect(first).toMatchObject({
      msgid: "ask-1",
      content: { kind: "buttons", text: "¿Confirmas?", footer: "Aurora", choices: [{ title: "Sí", payload: "yes:1" }] },
    });
    expect(second?.content).toEqual({
      kind: "list",
      title: "Servicios",
      text: "Elige uno",
      button: "Ver",
      choices: [{ title: "Limpieza", payload: "s:1", description: "60 min" }],
    });
  });

  test("counts calls and sends", async ({ simulators }) => {
    await sendAs(simulators, textMessage("Hola"));
    await sendAs(simulators, textMessage("Hola"), { key: "nobody" });
    const { gupshup } = simulators.control.stats();
    expect(gupshup.calls).toEqual({ 202: 1, 401: 1 });
    expect(gupshup.sends).toEqual({ [LAURA]: 1 });
  });
});

describe("receipts", () => {
  test("come as enqueued, sent, delivered, read; after the first by a second id beside gsId", async ({
    simulators,
    business,
  }) => {
    simulators.control.customer(LAURA, { app: "AuroraDemo", type: "text", text: "Hola" });
    const { messageId } = (await (await sendAs(simulators, textMessage("Buenas"))).json()) as { messageId: string };
    const calls = await business.atLeast(5);
    const receipts = calls.filter(({ body }) => body.type === "message-event").map(({ body }) => body.payload);
    expect(receipts.map((receipt) => receipt?.type)).toEqual(["enqueued", "sent", "delivered", "read"]);
    const [enqueued, ...later] = receipts;
    expect(enqueued).toMatchObject({ id: messageId, destination: LAURA, payload: { type: "session" } });
    expect(enqueued).not.toHaveProperty("gsId");
    expect(enqueued?.payload?.whatsappMessageId).toMatch(/^wamid\./);
    for (const receipt of later) {
      expect(receipt?.gsId).toBe(messageId);
      expect(receipt?.id).toMatch(uuid);
      expect(receipt?.id).not.toBe(messageId);
    }
    expect(simulators.control.conversation("AuroraDemo", LAURA).bubbles.at(-1)?.status).toBe("read");
  });

  test("say 131047 when the customer has not written for 24 hours", async ({ simulators, business }) => {
    simulators.control.customer(LAURA, { app: "AuroraDemo", type: "text", text: "Hola" });
    await business.atLeast(1);
    simulators.control.age("AuroraDemo", LAURA, 25);
    expect((await sendAs(simulators, textMessage("¿Sigues ahí?"))).status).toBe(202);
    const calls = await business.atLeast(3);
    expect(calls.at(-1)?.body.payload).toMatchObject({ type: "failed", payload: { code: 131047 } });
    const view = await simulators.control.until("AuroraDemo", LAURA, ({ bubbles }) => bubbles[1]?.status === "failed");
    expect(view.bubbles[1]?.failureCode).toBe(131047);
  });

  test("say 131009 for a message over a limit of the platform", async ({ simulators, business }) => {
    simulators.control.customer(LAURA, { app: "AuroraDemo", type: "text", text: "Hola" });
    await sendAs(simulators, textMessage("x".repeat(4097)));
    const calls = await business.atLeast(3);
    expect(calls.at(-1)?.body.payload?.payload).toMatchObject({ code: 131009 });
  });
});

describe("templates", () => {
  const send = (simulators: Parameters<typeof sendAs>[0], params: string[], id = ESCALATION_TEMPLATE_ID) =>
    sendAs(
      simulators,
      { destination: "573009990001", template: JSON.stringify({ id, params }) },
      { path: "/wa/api/v1/template/msg" },
    );

  test("reach a phone that never wrote", async ({ simulators }) => {
    expect((await send(simulators, ["Laura", "+57 300 111 0001", "Pide una persona", "10:00"])).status).toBe(202);
    const view = await simulators.control.until(
      "AuroraDemo",
      "573009990001",
      ({ bubbles }) => bubbles[0]?.status === "read",
    );
    expect(view.bubbles[0]?.content).toMatchObject({
      kind: "template",
      text: expect.stringContaining("Laura pide hablar"),
    });
  });

  test.for([
    ["a line break in a parameter", ["Laura", "300", "dice:\nhola", "10:00"], undefined, 132018],
    ["five spaces in a parameter", ["Laura", "300", "dice     hola", "10:00"], undefined, 132018],
    ["a missing parameter", ["Laura", "300"], undefined, 132000],
    ["an empty parameter", ["Laura", "300", "", "10:00"], undefined, 132000],
    ["an unknown template", [], "e5ca1a7e-0000-4000-8000-00000000ffff", 132001],
  ] as const)("are accepted and fail later with %s", async ([_, params, id, code], { simulators }) => {
    expect((await send(simulators, [...params], id)).status).toBe(202);
    const view = await simulators.control.until(
      "AuroraDemo",
      "573009990001",
      ({ bubbles }) => bubbles[0]?.status === "failed",
    );
    expect(view.bubbles[0]?.failureCode).toBe(code);
  });
});

describe("read marks", () => {
  const mark = (url: string, messageId: string, key = "demo-key-aurora") =>
    fetch(`${url}/wa/app/a0000000-0000-4000-8000-00000000a991/msg/${encodeURIComponent(messageId)}/read`, {
      method: "PUT",
      headers: { apikey: key },
    });

  test("turn a customer's message blue", async ({ simulators }) => {
    const { messageId } = simulators.control.customer(LAURA, { app: "AuroraDemo", type: "text", text: "Hola" });
    expect((await mark(simulators.gupshupUrl, messageId)).status).toBe(202);
    expect(simulators.control.conversation("AuroraDemo", LAURA).bubbles[0]?.readByBusiness).toBe(true);
  });

  test("are refused with a wrong key and for unknown messages", async ({ simulators }) => {
    expect((await mark(simulators.gupshupUrl, "wamid.x", "nobody")).status).toBe(401);
    expect((await mark(simulators.gupshupUrl, "wamid.x")).status).toBe(400);
  });
});
