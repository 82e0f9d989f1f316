import { z } from "zod";
import type { GupshupApp } from "./apps.ts";
import type { BubbleContent } from "./conversation-types.ts";
import { parseOutgoingMessage } from "./outgoing-message.ts";
import { renderTemplate, type Template } from "./templates.ts";

/** A send call that is in order. */
export interface Send {
  app: GupshupApp;
  destination: string;
  content: BubbleContent;
  isTemplate: boolean;
  msgid?: string;
  /** What WhatsApp finds wrong with it later. */
  failure?: { code: number; reason: string };
}

/** What the send API says to a call. */
export type SendVerdict = { kind: "send"; send: Send } | { kind: "refused"; status: number; message: string };

const formSchema = z.object({
  channel: z.literal("whatsapp"),
  source: z.string().regex(/^\d{8,15}$/),
  destination: z.string(),
  "src.name": z.string(),
});
const postbackSchema = z.array(z.object({ index: z.number().int().nonnegative(), text: z.string().max(256) }));
const templateSchema = z.object({ id: z.string(), params: z.array(z.string()).default([]) });

interface SendCall {
  apiKey: string | undefined;
  form: Record<string, string>;
  isTemplate: boolean;
}

/** Judges a call of the send API by key, app, destination and message, in the order and words of gupshup.md §5. */
export function judgeSend(call: SendCall, apps: readonly GupshupApp[], templates: readonly Template[]): SendVerdict {
  const refuse = (status: number, message: string): SendVerdict => ({ kind: "refused", status, message });
  const owned = apps.filter((app) => app.apiKey === call.apiKey);
  if (owned.length === 0) return refuse(401, "Authentication Failed");
  const form = formSchema.safeParse(call.form);
  if (!form.success) return refuse(400, "Invalid Parameters");
  const app = owned.find((one) => one.name === form.data["src.name"] && one.number === form.data.source);
  if (!app) return refuse(400, "Invalid App Details");
  const { destination } = form.data;
  if (!/^\d{8,15}$/.test(destination)) return refuse(400, "Invalid Destination");
  const base = { app, destination, isTemplate: call.isTemplate };
  if (call.isTemplate) {
    const template = parseField(templateSchema, call.form.template);
    const postbacks = parseField(postbackSchema, call.form.postbackTexts ?? "[]");
    if (!template || !postbacks) return refuse(400, "Invalid Template");
    const { id, params } = template;
    const { text, failure } = renderTemplate(templates, id, params);
    const choices = buttonsOf(templates, id, postbacks);
    const content: BubbleContent = { kind: "template", templateId: id, params, text, ...choices };
    return { kind: "send", send: { ...base, content, ...(failure ? { failure } : {}) } };
  }
  const message = parseOutgoingMessage(call.form.message ?? "");
  if (!message) return refuse(400, "Invalid Message");
  const { content, msgid, brokenLimit } = message;
  return {
    kind: "send",
    send: {
      ...base,
      content,
      ...(msgid === undefined ? {} : { msgid }),
      ...(brokenLimit === undefined
        ? {}
        : { failure: { code: 131009, reason: `Parameter value is not valid: ${brokenLimit}` } }),
    },
  };
}

function parseField<Field>(schema: z.ZodType<Field>, json: string | undefined): Field | undefined {
  try {
    return schema.safeParse(JSON.parse(json ?? "")).data;
  } catch {
    return undefined;
  }
}

/** The template's own buttons, each with what the sender put behind it; without that a tap brings its title back. */
function buttonsOf(templates: readonly Template[], id: string, postbacks: z.infer<typeof postbackSchema>) {
  const { buttons } = templates.find((one) => one.id === id) ?? {};
  if (buttons === undefined) return {};
  return {
    choices: buttons.map((title, index) => ({
      title,
      payload: postbacks.find((one) => one.index === index)?.text ?? title,
    })),
  };
}
