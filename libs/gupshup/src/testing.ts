// Bodies in the documented shapes, for tests of whoever receives them. The people in them do not exist.

const mediaUrl = "https://filemanager.gupshup.io/wa/a0000000/wa/media/1500000000000001?download=false";

interface Sender {
  id?: string;
  phone?: string;
  name?: string;
  userId?: string;
}

/** A v2 body around any event. */
export function v2Body(type: string, payload: unknown, app = "AuroraDemo"): Record<string, unknown> {
  return { app, timestamp: 1_790_000_000_123, version: 2, type, payload };
}

/** A v2 message of a customer: `type` and `content` as they stand inside the payload. */
export function v2Message(type: string, content: unknown, from: Sender = {}, app?: string): Record<string, unknown> {
  const { id = "wamid.TEST1", phone = "573001110001", name = "Laura", userId } = from;
  const sender = { phone, name, country_code: "57", dial_code: phone.slice(2), ...(userId ? { userId } : {}) };
  return v2Body("message", { id, source: phone, type, payload: content, sender }, app);
}

/** A v2 receipt: `fields` over those of a delivered message. */
export function v2Receipt(fields: Record<string, unknown> = {}, app?: string): Record<string, unknown> {
  const receipt = { id: "other-1", gsId: "send-1", type: "delivered", destination: "573001110001" };
  return v2Body("message-event", { ...receipt, payload: { ts: 1_790_000_100 }, ...fields }, app);
}

/** A v3 body with one change. */
export function v3Body(
  value: unknown,
  field = "messages",
  appId = "a0000000-0000-4000-8000-00000000a991",
): Record<string, unknown> {
  return { object: "whatsapp_business_account", gs_app_id: appId, entry: [{ id: "1", changes: [{ field, value }] }] };
}

/** A v3 message of a customer: `content` holds the object named like the type. */
export function v3Message(type: string, content: Record<string, unknown>, from: Sender = {}): Record<string, unknown> {
  const { id = "wamid.TEST1", phone = "573001110001", name = "Laura", userId } = from;
  return v3Body({
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "573000000001", phone_number_id: "100000000000001" },
    contacts: [{ profile: { name }, wa_id: phone, ...(userId ? { user_id: userId } : {}) }],
    messages: [{ from: phone, id, timestamp: "1790000000", type, ...content }],
  });
}

/** A v3 receipt: `fields` over those of a delivered message. */
export function v3Status(fields: Record<string, unknown> = {}): Record<string, unknown> {
  const status = { id: "other-1", gs_id: "send-1", status: "delivered", recipient_id: "573001110001" };
  return v3Body({ messaging_product: "whatsapp", statuses: [{ ...status, timestamp: "1790000100", ...fields }] });
}

/** A v3 echo: staff answered from the business phone. */
export function v3Echo(text: string, to = "573001110001", id = "wamid.ECHO1"): Record<string, unknown> {
  const echo = { from: "573000000001", to, id, timestamp: "1790000050", type: "text", text: { body: text } };
  return v3Body({ messaging_product: "whatsapp", message_echoes: [echo] }, "smb_message_echoes");
}

/** One body of every shape that the provider documents, and what each is called. */
export function documentedBodies(app?: string): { name: string; body: unknown }[] {
  return [
    ...documentedV2(app).map(([name, body]) => ({ name: `v2 ${name}`, body })),
    ...documentedV3().map(([name, body]) => ({ name: `v3 ${name}`, body })),
  ];
}

const card = { name: { formatted_name: "Ana Sol" }, phones: [{ phone: "+57 300 111 0009", type: "Mobile" }] };

function documentedV2(app?: string): [string, unknown][] {
  const media = { url: mediaUrl, contentType: "image/jpeg", urlExpiry: 1_790_604_800_123 };
  return [
    ["text", v2Message("text", { text: "Hola" }, { id: "v2.1" }, app)],
    ["template tap", v2Message("text", { text: "Confirmo", type: "button" }, { id: "v2.2" }, app)],
    ["quick reply", v2Message("quick_reply", { title: "Sí", id: "qr", reply: "Sí 1" }, { id: "v2.3" }, app)],
    ["button reply", v2Message("button_reply", { title: "Sí", postbackText: "yes" }, { id: "v2.4" }, app)],
    ["list reply", v2Message("list_reply", { title: "10:00", postbackText: "slot", id: "l" }, { id: "v2.5" }, app)],
    ["image", v2Message("image", { ...media, caption: null }, { id: "v2.6" }, app)],
    ["audio", v2Message("audio", { ...media, contentType: "audio/ogg; codecs=opus" }, { id: "v2.7" }, app)],
    ["video", v2Message("video", { ...media, contentType: "video/mp4" }, { id: "v2.8" }, app)],
    ["file", v2Message("file", { ...media, name: "orden médica.pdf" }, { id: "v2.9" }, app)],
    ["sticker", v2Message("sticker", { ...media, contentType: "image/webp" }, { id: "v2.10" }, app)],
    ["location", v2Message("location", { longitude: "-74.07", latitude: "4.71" }, { id: "v2.11" }, app)],
    ["contact", v2Message("contact", { contacts: [card] }, { id: "v2.12" }, app)],
    ["reaction", v2Message("reaction", { emoji: "👍", gsId: "send-1" }, { id: "v2.13" }, app)],
    ["unknown message type", v2Message("poll_creation", { name: "?" }, { id: "v2.14" }, app)],
    ["enqueued", v2Receipt({ type: "enqueued", id: "send-1", gsId: undefined }, app)],
    ["sent", v2Receipt({ type: "sent", pricing: { category: "service" } }, app)],
    ["delivered", v2Receipt({}, app)],
    ["read", v2Receipt({ type: "read" }, app)],
    ["failed", v2Receipt({ type: "failed", payload: { code: "131047", reason: "window" } }, app)],
    ["mismatch", v2Receipt({ type: "mismatch", id: undefined, gsId: undefined }, app)],
    ["deleted", v2Receipt({ type: "deleted", id: "v2.1", gsId: undefined }, app)],
    ["callback set", v2Body("user-event", { phone: "callbackSetPhone", type: "sandbox-start" }, app)],
    ["opted out", v2Body("user-event", { phone: "573001110001", type: "opted-out" }, app)],
    ["billing", v2Body("billing-event", { deductions: { billable: true }, references: { gsId: "send-1" } }, app)],
    ["template", v2Body("template-event", { type: "status-update", id: "template-1", status: "paused" }, app)],
    ["account", v2Body("account-event", { type: "tier-event", payload: {} }, app)],
    ["preference", v2Body("preference-event", { type: "user_preferences", payload: {} }, app)],
    ["onboarding", v2Body("onboarding-event", { type: "docker-status-event", payload: {} }, app)],
    ["probe", v2Body("platform-event", { type: "connectivity-check", initiator: "gupshup" }, app)],
    ["unknown type", v2Body("weather-event", { type: "rain" }, app)],
  ];
}

function documentedV3(): [string, unknown][] {
  const v3Media = { id: "1500000000000001", mime_type: "image/jpeg", url: mediaUrl };
  return [
    ["text", v3Message("text", { text: { body: "Hola" } }, { id: "v3.1" })],
    ["voice note", v3Message("audio", { audio: { ...v3Media, voice: true } }, { id: "v3.2" })],
    ["image", v3Message("image", { image: { ...v3Media, caption: "mira" } }, { id: "v3.3" })],
    ["document", v3Message("document", { document: { ...v3Media, filename: "a.pdf" } }, { id: "v3.4" })],
    ["location", v3Message("location", { location: { latitude: 4.65, longitude: -74.05 } }, { id: "v3.5" })],
    ["contacts", v3Message("contacts", { contacts: [card] }, { id: "v3.6" })],
    [
      "tap",
      v3Message("interactive", { interactive: { type: "button_reply", button_reply: { id: "y", title: "Sí" } } }),
    ],
    ["template tap", v3Message("button", { button: { text: "Confirmo", payload: "c" } }, { id: "v3.8" })],
    ["reaction", v3Message("reaction", { reaction: { message_id: "x", emoji: "❤️" } }, { id: "v3.9" })],
    ["unsupported", v3Message("unsupported", { unsupported: { type: "poll" } }, { id: "v3.10" })],
    ["order", v3Message("order", { order: {} }, { id: "v3.11" })],
    ["system", v3Message("system", { system: { type: "user_changed_number" } }, { id: "v3.12" })],
    ["edit", v3Message("edit", { edit: { original_message_id: "v3.1" } }, { id: "v3.13" })],
    ["revoke", v3Message("revoke", { revoke: { original_message_id: "v3.1" } }, { id: "v3.14" })],
    ["delivered", v3Status()],
    ["enqueued", v3Status({ status: "enqueued", timestamp: 1_790_000_090_000 })],
    ["failed", v3Status({ status: "failed", errors: [{ code: 131_047, title: "window" }] })],
    ["callback set", v3Body({ messaging_product: "whatsapp", statuses: [{ type: "set-callback" }] })],
    ["probe", v3Body({ type: "connectivity-check", initiator: "gupshup" }, "platform-event")],
    ["echo", v3Echo("Ya te atiendo")],
    ["billing", v3Body({}, "billing-event")],
  ];
}
