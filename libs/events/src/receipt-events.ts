import { z } from "zod";
import { eventSchema } from "./envelope.ts";
import { personal } from "./personal.ts";

const at = z.iso.datetime({ offset: true });

/** `reply.sent` (lane receipt, by outbound): the provider accepted one message of a reply. Accepted is not delivered. */
export const replySentSchema = eventSchema(
  "reply.sent",
  z.object({
    replyId: z.string(),
    /** Which message of the reply, from 0. */
    index: z.number().int().nonnegative(),
    providerMessageId: personal(z.string()),
    at,
    text: personal(z.string()),
    /** How often the message was sent again because it failed after it was accepted; a later one replaces the earlier. */
    resends: z.number().int().positive().optional(),
    /** True when the organization's template went instead of the message. */
    asTemplate: z.boolean().optional(),
  }),
);
export type ReplySent = z.infer<typeof replySentSchema>;

/** What a provider's receipt names its message by: the send's id (`gsId`) if present, and every other id seen. */
const receiptSchema = z.object({
  providerMessageId: personal(z.string()),
  otherIds: z.array(personal(z.string())),
  at,
});

/** `reply.delivered` (lane receipt, by ingest). */
export const replyDeliveredSchema = eventSchema("reply.delivered", receiptSchema);
/** `reply.read` (lane receipt, by ingest). */
export const replyReadSchema = eventSchema("reply.read", receiptSchema);

/** `reply.failed` (lane receipt): by outbound when a message was not sent, by ingest when the provider failed it later. */
export const replyFailedSchema = eventSchema(
  "reply.failed",
  z.object({
    replyId: z.string().optional(),
    index: z.number().int().nonnegative().optional(),
    providerMessageId: personal(z.string()).optional(),
    otherIds: z.array(personal(z.string())),
    at,
    /** Our code (`window-closed`, `bot-paused`, `superseded` …) or `provider`. */
    code: z.string(),
    /** The provider's number where there is one. */
    providerCode: z.number().int().optional(),
  }),
);
/** `reply.echoed` (lane receipt, by ingest): staff answered from the business phone. */
export const replyEchoedSchema = eventSchema(
  "reply.echoed",
  z.object({ providerMessageId: personal(z.string()), text: personal(z.string()).optional(), at }),
);
/** `reply.accepted` (lane receipt, by ingest): the provider's `enqueued`/`sent`; the late confirmation of an uncertain send. */
export const replyAcceptedSchema = eventSchema(
  "reply.accepted",
  receiptSchema.extend({ status: z.enum(["enqueued", "sent"]) }),
);
export type ReplyDelivered = z.infer<typeof replyDeliveredSchema>;
export type ReplyRead = z.infer<typeof replyReadSchema>;
export type ReplyFailed = z.infer<typeof replyFailedSchema>;
export type ReplyEchoed = z.infer<typeof replyEchoedSchema>;
export type ReplyAccepted = z.infer<typeof replyAcceptedSchema>;
