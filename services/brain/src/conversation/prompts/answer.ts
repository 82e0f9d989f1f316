import type { Passage } from "../memory.ts";

/** What the model answers when the passages do not hold the answer. */
export const NO_ANSWER = "NO_ANSWER";

/** The passages and the question, delimited; `refused` tells a second attempt why the first was not taken. */
export function answerContext(
  { question, passages, language }: { question: string; passages: readonly Passage[]; language: string },
  refused?: string,
): string {
  const shown = passages.map(
    ({ title, content }) => `<passage title="${clean(title).replaceAll('"', "'")}">\n${clean(content)}\n</passage>`,
  );
  const repair =
    refused === undefined
      ? ""
      : `\nYour first answer was refused because it stated what the passages do not: ${refused}. Write it again.`;
  return `<passages>\n${shown.join("\n")}\n</passages>\nAnswer in: ${language}\n<question>${clean(question)}</question>${repair}`;
}

function clean(text: string): string {
  return text.replaceAll("<", "‹").replaceAll(">", "›");
}
