import { fromV2 } from "./from-v2.ts";
import { fromV3 } from "./from-v3.ts";
import type { Webhook } from "./webhook.ts";
import { isRecord, v2EnvelopeSchema, v3BodySchema } from "./webhook-api.ts";

/** Reads a parsed webhook body of either format; never throws, whatever it is given. */
export function parseWebhook(body: unknown): Webhook {
  if (!isRecord(body)) return { kind: "invalid" };
  if (body.object === "whatsapp_business_account") {
    const parsed = v3BodySchema.safeParse(body);
    if (!parsed.success) return { kind: "invalid" };
    return { kind: "webhook", version: 3, app: { id: parsed.data.gs_app_id }, items: fromV3(parsed.data) };
  }
  const parsed = v2EnvelopeSchema.safeParse(body);
  if (!parsed.success || !isV2(parsed.data)) return { kind: "invalid" };
  const { app: name, appId: id } = parsed.data;
  return { kind: "webhook", version: 2, app: { name, id }, items: [fromV2(parsed.data)] };
}

/** Older formats of the same sender have neither a type with a payload nor one with an app. */
function isV2({
  type,
  app,
  payload,
}: {
  type?: string | undefined;
  app?: string | undefined;
  payload?: unknown;
}): boolean {
  return type !== undefined && (app !== undefined || isRecord(payload) || Array.isArray(payload));
}
