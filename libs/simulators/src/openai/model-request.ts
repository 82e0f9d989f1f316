import type { JsonSchema } from "./json-schema.ts";

/** A tool that the model may call. */
export interface OfferedTool {
  name: string;
  description: string;
  schema: JsonSchema;
}

/** A call in words that every wire can be turned into. */
export interface ModelRequest {
  model: string;
  /** Everything the model was told, for counting tokens. */
  allText: string;
  /** The part of it that stays the same from call to call, for the prompt cache. */
  prefix: string;
  /** What the customer wrote last. */
  customerText: string;
  /** What the customer wrote before, oldest first. */
  earlier: string[];
  /** What the business wrote last. */
  agentText: string;
  /** Instructions, context and passages. */
  context: string;
  /** Only what is offered now; empty where a text is wanted. */
  tools: OfferedTool[];
  /** False where the model may as well answer in words. */
  mustCall: boolean;
  /** Where the answer must be JSON of this schema instead of a tool call. */
  jsonSchema?: JsonSchema;
}

/** One message of a dialogue, on any wire. */
export interface WireMessage {
  role: string;
  text: string;
}

/** Finds the customer's last words, the business's last words and the context in a dialogue. */
export function readDialogue(messages: readonly WireMessage[], instructions: string) {
  const contexts = messages.filter(
    ({ role, text }) => role === "system" || role === "developer" || text.includes("<context>"),
  );
  const context = [instructions, ...contexts.map(({ text }) => text)].join("\n\n");
  // Instructions may speak of the tag without closing it: only the innermost pair marks the message.
  const marked = [
    ...context.matchAll(/<customer_message>((?:(?!<customer_message>)[\s\S])*?)<\/customer_message>/g),
  ].at(-1)?.[1];
  const said = messages
    .filter((message) => message.role === "user" && !contexts.includes(message))
    .map(({ text }) => text);
  return {
    context,
    customerText: (marked ?? said.at(-1) ?? "").trim(),
    earlier: said.slice(0, -1),
    agentText: messages.findLast(({ role }) => role === "assistant")?.text ?? "",
  };
}
