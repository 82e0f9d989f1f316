import type { InboundContent, InboundFacts, ProbeFacts, ReceiptFacts } from "./webhook-facts.ts";

const seconds = (at: Date) => String(Math.floor(at.getTime() / 1000));

function envelope(app: InboundFacts["app"], value: object, field = "messages"): object {
  return {
    object: "whatsapp_business_account",
    gs_app_id: app.id,
    entry: [{ id: `waba-${app.phoneNumberId}`, changes: [{ field, value }] }],
  };
}

const metadata = (app: InboundFacts["app"]) => ({
  messaging_product: "whatsapp",
  metadata: { display_phone_number: app.number, phone_number_id: app.phoneNumberId },
});

/** A customer's message in Meta's format, as Gupshup passes it through. */
export function toV3Message({ app, at, id, phone, name, content, context }: InboundFacts): object {
  const message = {
    from: phone,
    id,
    timestamp: seconds(at),
    ...(context
      ? { context: { from: app.number, gs_id: context.gsId, id: context.whatsappId, meta_msg_id: context.whatsappId } }
      : {}),
    ...v3Content(content),
  };
  return envelope(app, {
    ...metadata(app),
    contacts: [{ profile: { name }, wa_id: phone }],
    messages: [message],
  });
}

function v3Content(content: InboundContent): object {
  switch (content.type) {
    case "text":
      return { type: "text", text: { body: content.text } };
    case "quick_reply":
      return { type: "button", button: { text: content.title, payload: content.postbackText ?? content.title } };
    case "button_reply":
    case "list_reply": {
      const reply = {
        id: content.postbackText ?? content.title,
        title: content.title,
        ...(content.type === "list_reply" ? { description: content.description ?? "" } : {}),
      };
      return { type: "interactive", interactive: { type: content.type, [content.type]: reply } };
    }
    case "image":
    case "audio": {
      const media = {
        id: content.mediaId,
        mime_type: content.contentType,
        url: content.url,
        ...(content.caption === undefined ? {} : { caption: content.caption }),
        ...(content.type === "audio" ? { voice: true } : {}),
      };
      return { type: content.type, [content.type]: media };
    }
    case "location":
      return { type: "location", location: { latitude: content.latitude, longitude: content.longitude } };
    case "reaction":
      return { type: "reaction", reaction: { message_id: content.whatsappId, emoji: content.emoji } };
  }
}

/** A receipt in Meta's format; `enqueued` has milliseconds as a number and no metadata, as documented. */
export function toV3Receipt(facts: ReceiptFacts): object {
  const { app, at, status, destination, gsId, otherId, whatsappId, withoutGsId } = facts;
  const isBeforeWhatsapp = status === "enqueued" || facts.failedBy === "gupshup";
  const entry = {
    ...(isBeforeWhatsapp
      ? { id: gsId, gs_id: gsId }
      : { id: otherId, meta_msg_id: whatsappId, ...(withoutGsId ? {} : { gs_id: gsId }) }),
    recipient_id: destination,
    status,
    timestamp: status === "enqueued" ? at.getTime() : seconds(at),
    ...(status === "failed" ? { errors: [{ code: facts.code, title: facts.reason }] } : {}),
  };
  const base = status === "enqueued" ? { messaging_product: "whatsapp" } : metadata(app);
  return envelope(app, { ...base, statuses: [entry] });
}

/** The v3 twin of `toV2Probe`. */
export function toV3Probe({ app, at, kind }: ProbeFacts): object {
  if (kind === "validation") {
    return envelope(app, { messaging_product: "whatsapp", statuses: [{ type: "set-callback" }] });
  }
  return {
    object: "whatsapp_business_account",
    gs_app_id: app.id,
    entry: [
      {
        id: `waba-${app.phoneNumberId}`,
        time: at.getTime(),
        changes: [{ field: "platform-event", value: { type: "connectivity-check", initiator: "gupshup" } }],
      },
    ],
  };
}
