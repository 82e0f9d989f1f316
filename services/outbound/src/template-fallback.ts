import { PermanentError } from "@skytide/errors";
import type { ReplyRequested } from "@skytide/events";
import type { Deps, Part } from "./deps.ts";

/** Where the organization names the template that a reply went out as. */
export function templateSetting(reply: ReplyRequested | undefined): string {
  return reply?.data.reminder === undefined ? "reply_template_id" : "reminder_template_id";
}

type Template = Extract<Part["message"], { kind: "template" }>;

/** The organization's template with the words of a message and of what was to follow it as its one parameter (decisions/0065). */
export function templateOf({ prepare }: Pick<Deps, "prepare">, { message, rest }: Part, templateId: string): Template {
  const text = [message, ...rest].map((one) => one.text).join("\n");
  const [template] = prepare({ kind: "template", templateId, parameters: [text], text });
  if (template?.kind !== "template")
    throw new PermanentError("message-empty", "The reply's template could not be made.");
  return template;
}
