import { z } from "zod";

const count = z.number().int().positive();
const timing = { times: count.optional(), after: z.number().int().nonnegative().optional(), every: count.optional() };
const ms = z.number().int().nonnegative().max(600_000);

/** Faults of an HTTP answer, the same at every simulator. */
const httpFaults = <Extra extends z.ZodRawShape>(extra: Extra) =>
  [
    /** Answers after a pause. */
    z.strictObject({ kind: z.literal("slow"), ms, ...timing, ...extra }),
    /** Answers with this status and the vendor's error body, and does nothing else. */
    z.strictObject({ kind: z.literal("status"), status: z.number().int().min(400).max(599), ...timing, ...extra }),
    /** Never answers. */
    z.strictObject({ kind: z.literal("hang"), ...timing, ...extra }),
    /** Does its work, then cuts the connection in the middle of the answer's body. */
    z.strictObject({ kind: z.literal("cut"), ...timing, ...extra }),
    /** Closes the connection before doing anything. */
    z.strictObject({ kind: z.literal("reset"), ...timing, ...extra }),
  ] as const;

const plain = <Kind extends string, Extra extends z.ZodRawShape>(kind: Kind, extra: Extra) =>
  z.strictObject({ kind: z.literal(kind), ...timing, ...extra });

const webhookEventSchema = z.enum(["message", "enqueued", "sent", "delivered", "read", "failed"]);
export type WebhookEvent = z.infer<typeof webhookEventSchema>;

const at = { app: z.string().optional(), destination: z.string().optional() };

/** Faults of the simulated Gupshup; `app` and `destination` (the customer's phone) narrow them. */
export const gupshupFaultSchema = z.discriminatedUnion("kind", [
  ...httpFaults(at),
  /** Takes the message and answers 202 without a message id. */
  plain("no-id", at),
  /** Takes the message and answers 200 with a page of a gateway in between. */
  plain("html", at),
  /** Takes the message and answers 200 with nothing. */
  plain("empty-body", at),
  /** Refuses with Gupshup's error body: its sentence, and its code where it gives one. */
  plain("refuse", { ...at, status: z.number().int().min(400).max(599), message: z.string(), code: count.optional() }),
  /** Answers 202 and fails the message later with this code, at Gupshup or (default) at WhatsApp. */
  plain("fail", {
    ...at,
    code: z.number().int(),
    reason: z.string().optional(),
    by: z.enum(["gupshup", "whatsapp"]).optional(),
  }),
  /** Webhook events never leave. */
  plain("drop", { ...at, event: webhookEventSchema }),
  /** Webhook events leave twice. */
  plain("duplicate", { ...at, event: webhookEventSchema.optional() }),
  /** The receipts of a message leave in reverse order. */
  plain("reorder", at),
  /** Webhook events leave later by this much. */
  plain("late", { ...at, ms, event: webhookEventSchema.optional() }),
  /** Receipts come without `gsId`, as they do a week after the send. */
  plain("no-gs-id", at),
  /** The next webhook calls are made by both formats, as with two subscriptions. */
  plain("both-versions", at),
]);
export type GupshupFault = z.infer<typeof gupshupFaultSchema>;

const path = { path: z.enum(["responses", "chat", "embeddings"]).optional() };

/** Faults of the simulated OpenAI; `path` narrows them to one endpoint. */
export const openAiFaultSchema = z.discriminatedUnion("kind", [
  ...httpFaults(path),
  /** 429 with `code: insufficient_quota`. */
  plain("quota", path),
  /** A refusal instead of an answer. */
  plain("refusal", path),
  /** Tool arguments that are not JSON. */
  plain("invalid-json", path),
  /** Tool arguments that break the tool's schema. */
  plain("wrong-arguments", path),
  /** A tool that was not offered. */
  plain("wrong-tool", path),
  /** Two tool calls in one answer. */
  plain("two-tools", path),
  /** Neither text nor tool call. */
  plain("empty", path),
  /** Stopped at the token limit. */
  plain("incomplete", path),
  /** The right tool, with ids that were never offered. */
  plain("forged-ids", path),
  /** The right tool and arguments, and fields beside them that nobody asked for. */
  plain("unknown-fields", path),
  /** Words instead of the tool call that was required. */
  plain("nonsense", path),
  /** Does whatever the text it reads tells it: `[[call tool {…}]]` calls that tool so, `[[say words]]` writes those words. */
  plain("obedient", path),
]);
export type OpenAiFault = z.infer<typeof openAiFaultSchema>;

/** Faults of the simulated Gemini. */
export const geminiFaultSchema = z.discriminatedUnion("kind", [
  ...httpFaults({}),
  /** The prompt is blocked: no candidates. */
  plain("blocked", {}),
  /** The answer stops for safety, without text. */
  plain("safety", {}),
  /** An answer without parts. */
  plain("empty", {}),
]);
export type GeminiFault = z.infer<typeof geminiFaultSchema>;
