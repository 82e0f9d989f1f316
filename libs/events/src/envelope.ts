import { z } from "zod";

/** A W3C trace context header value: version, trace id, parent span id, flags. */
const traceparentSchema = z.string().regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);

/**
 * The CloudEvents 1.0 envelope around a payload, with our extensions `org`, `chat`, `turn` and `traceparent`
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md).
 */
export function eventSchema<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.object({
    specversion: z.literal("1.0"),
    id: z.string().min(1).max(200),
    type: z.literal(type),
    source: z.string().min(1),
    time: z.iso.datetime({ offset: true }),
    subject: z.string().min(1),
    dataschema: z.string().min(1),
    org: z.uuid(),
    chat: z.string().min(1),
    turn: z.string().optional(),
    traceparent: traceparentSchema.optional(),
    data,
  });
}
