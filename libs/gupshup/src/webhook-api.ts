import { z } from "zod";
import { cleanText } from "./clean.ts";

// Everything is optional and nothing refuses: a surprise in one field must not cost the customer's message.

/** A string, or a number written where a string belongs; cleaned and trimmed, blank is absent. */
const scalar = z.preprocess((value) => {
  if (typeof value === "number") return String(value);
  const text = typeof value === "string" ? cleanText(value).trim() : "";
  return text === "" ? undefined : text;
}, z.string().optional());

/** A number, or one written as a string. */
const quantity = z.preprocess((value) => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}, z.number().optional());

/** A whole number; a code that is none says nothing. */
const code = z.preprocess((value) => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return Number.isSafeInteger(number) ? number : undefined;
}, z.number().optional());

const flag = z.preprocess((value) => value === true || value === "true", z.boolean());

/** An object of the given fields; an array stands for its first element, anything else for an empty object. */
function record<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value) => {
    const one: unknown = Array.isArray(value) ? value[0] : value;
    return isRecord(one) ? one : {};
  }, z.object(shape));
}

/** A list of objects; a lone object stands for a list of one, what is no object is dropped. */
function records<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value) => (Array.isArray(value) ? value : [value]).filter(isRecord), z.array(z.object(shape)));
}

/** True for what JSON calls an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const contactCards = records({
  name: record({ formatted_name: scalar, first_name: scalar }),
  phones: records({ phone: scalar, wa_id: scalar }),
});

/** What stands around a v2 event. */
export const v2EnvelopeSchema = z.object({
  app: scalar,
  appId: scalar,
  timestamp: quantity,
  type: scalar,
  payload: z.unknown().optional(),
});

const v2ContentShape = {
  text: scalar,
  type: scalar,
  title: scalar,
  reply: scalar,
  postbackText: scalar,
  url: scalar,
  contentType: scalar,
  "content-type": scalar,
  mimeType: scalar,
  caption: scalar,
  name: scalar,
  latitude: quantity,
  longitude: quantity,
  address: scalar,
  contacts: contactCards,
};
export const v2ContentSchema = record(v2ContentShape);
export type V2Content = z.infer<typeof v2ContentSchema>;

/** The payload of a v2 `message`. */
export const v2MessageSchema = record({
  id: scalar,
  source: scalar,
  type: scalar,
  payload: z.unknown().optional(),
  sender: record({ phone: scalar, name: scalar, userId: scalar }),
  context: record({ id: scalar, gsId: scalar, forwarded: flag, frequently_forwarded: flag }),
});
export type V2Message = z.infer<typeof v2MessageSchema>;

/** The payload of a v2 `message-event`. */
export const v2ReceiptSchema = record({
  id: scalar,
  gsId: scalar,
  type: scalar,
  destination: scalar,
  userId: scalar,
  payload: record({ ts: quantity, code, whatsappMessageId: scalar }),
});

/** The payload of the v2 types that ask for little or nothing. */
export const v2NoteSchema = record({ type: scalar, phone: scalar, id: scalar, status: scalar });

const v3Media = record({ url: scalar, mime_type: scalar, caption: scalar, filename: scalar });
const v3Choice = record({ id: scalar, title: scalar });

const v3MessageShape = {
  id: scalar,
  from: scalar,
  from_user_id: scalar,
  to: scalar,
  to_user_id: scalar,
  timestamp: quantity,
  type: scalar,
  context: record({ id: scalar, gs_id: scalar, forwarded: flag, frequently_forwarded: flag }),
  text: record({ body: scalar }),
  image: v3Media,
  audio: v3Media,
  video: v3Media,
  document: v3Media,
  sticker: v3Media,
  location: record({ latitude: quantity, longitude: quantity, name: scalar, address: scalar }),
  contacts: contactCards,
  interactive: record({ type: scalar, button_reply: v3Choice, list_reply: v3Choice }),
  button: record({ text: scalar, payload: scalar }),
  unsupported: record({ type: scalar, raw_type: scalar }),
  revoke: record({ original_message_id: scalar }),
};
export type V3Message = z.infer<z.ZodObject<typeof v3MessageShape>>;

const v3StatusShape = {
  id: scalar,
  gs_id: scalar,
  meta_msg_id: scalar,
  status: scalar,
  type: scalar,
  recipient_id: scalar,
  recipient_user_id: scalar,
  timestamp: quantity,
  errors: records({ code }),
  code,
};
export type V3Status = z.infer<z.ZodObject<typeof v3StatusShape>>;

const v3ContactShape = { wa_id: scalar, user_id: scalar, profile: record({ name: scalar }) };
export type V3Contact = z.infer<z.ZodObject<typeof v3ContactShape>>;

/** What one change of a v3 body holds; lists that are absent are empty. */
const v3ValueSchema = record({
  contacts: records(v3ContactShape),
  messages: records(v3MessageShape),
  statuses: records(v3StatusShape),
  message_echoes: records(v3MessageShape),
  event: scalar,
  gs_template_id: scalar,
  message_template_id: scalar,
});
export type V3Value = z.infer<typeof v3ValueSchema>;

/** A v3 body: Meta's format with Gupshup's additions. */
export const v3BodySchema = z.object({
  gs_app_id: scalar,
  entry: records({ changes: records({ field: scalar, value: v3ValueSchema }) }),
});
