import type { DialogueLine } from "./language-model.ts";

export interface WireMessage {
  role: "user" | "assistant";
  content: string;
}

const STAFF = "[A person of the business wrote]";

/** The dialogue as the wires carry it: empty lines left out, neighbours of one role joined, because some servers insist that roles alternate. */
export function toWireMessages(history: readonly DialogueLine[]): WireMessage[] {
  const messages: WireMessage[] = [];
  for (const line of history) {
    if (line.text.trim() === "") continue;
    const role = line.role === "customer" ? "user" : "assistant";
    const content = line.role === "staff" ? `${STAFF} ${line.text}` : line.text;
    const last = messages.at(-1);
    if (last?.role === role) last.content += `\n${content}`;
    else messages.push({ role, content });
  }
  return messages;
}
