import type { InboundFacts, ProbeFacts, ReceiptFacts } from "./webhook-facts.ts";

/** A customer's message in Gupshup's own format. */
export function toV2Message({ app, at, id, phone, name, content, context }: InboundFacts): object {
  return {
    app: app.name,
    timestamp: at.getTime(),
    version: 2,
    type: "message",
    payload: {
      id,
      source: phone,
      type: content.type,
      payload: v2Payload(content),
      sender: { phone, name, country_code: phone.slice(0, 2), dial_code: phone.slice(2) },
      ...(context ? { context: { id: context.whatsappId, gsId: context.gsId } } : {}),
    },
  };
}

function v2Payload(content: InboundFacts["content"]): object {
  switch (content.type) {
    case "text":
      return { text: content.text };
    case "quick_reply":
      return { text: content.title, type: "button", ...postback(content.postbackText) };
    case "button_reply":
    case "list_reply":
      return {
        title: content.title,
        id: content.msgid,
        reply: `${content.title} ${content.position}`,
        ...postback(content.postbackText),
        ...(content.type === "list_reply" ? { description: content.description ?? "" } : {}),
      };
    case "image":
    case "audio":
      return {
        url: content.url,
        contentType: content.contentType,
        urlExpiry: content.expiresAt.getTime(),
        ...(content.caption === undefined ? {} : { caption: content.caption }),
      };
    case "location":
      return { longitude: String(content.longitude), latitude: String(content.latitude) };
    case "reaction":
      return { emoji: content.emoji, gsId: content.gsId, id: content.whatsappId };
  }
}

const postback = (text: string | undefined) => (text === undefined ? {} : { postbackText: text });

/** A receipt of a message that the business sent. */
export function toV2Receipt(facts: ReceiptFacts): object {
  const { app, at, status, destination } = facts;
  return {
    app: app.name,
    phone: app.number,
    timestamp: at.getTime(),
    version: 2,
    type: "message-event",
    payload: { ...v2Ids(facts), type: status, destination, ...v2Details(facts) },
  };
}

/** Before WhatsApp has it, the id is the send's; afterwards a second id, and the send's stands in `gsId`. */
function v2Ids({ status, failedBy, gsId, otherId, withoutGsId }: ReceiptFacts): object {
  if (status === "enqueued" || failedBy === "gupshup") return { id: gsId };
  return withoutGsId ? { id: otherId } : { id: otherId, gsId };
}

function v2Details({ status, at, whatsappId, code, reason, isTemplate }: ReceiptFacts): object {
  const ts = Math.floor(at.getTime() / 1000);
  if (status === "enqueued")
    return { payload: { whatsappMessageId: whatsappId, type: isTemplate ? "template" : "session" } };
  if (status === "failed") return { payload: { code, reason } };
  if (status !== "sent") return { payload: { ts } };
  const category = isTemplate ? "utility" : "service";
  return {
    payload: { ts },
    conversation: { id: otherIdOf(whatsappId), expiresAt: ts + 86_400, type: category },
    pricing: { policy: "PMP", category, type: "regular" },
  };
}

const otherIdOf = (whatsappId: string) => Buffer.from(whatsappId).toString("hex").slice(-32);

/** The call that Gupshup makes when a webhook URL is saved, or to see whether it answers. */
export function toV2Probe({ app, at, kind }: ProbeFacts): object {
  const envelope = { app: app.name, timestamp: at.getTime(), version: 2 };
  return kind === "validation"
    ? { ...envelope, type: "user-event", payload: { phone: "callbackSetPhone", type: "sandbox-start" } }
    : {
        ...envelope,
        appId: app.id,
        type: "platform-event",
        payload: { type: "connectivity-check", initiator: "gupshup" },
      };
}
