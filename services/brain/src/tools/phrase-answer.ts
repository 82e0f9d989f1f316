import type { ModelUsage } from "@skytide/events";
import type { LanguageModel } from "@skytide/models";
import { z } from "zod";
import {
  answerContext,
  answerSystemPrompt,
  checkOutgoing,
  type EffectOutput,
  NO_ANSWER,
} from "../conversation/index.ts";
import type { Tool, Used } from "./tool.ts";

const inputSchema = z.strictObject({
  question: z.string(),
  passages: z.array(z.strictObject({ title: z.string(), content: z.string() })),
  language: z.string(),
});

type Draft = { kind: "answer"; text: string } | { kind: "none" } | { kind: "wrong"; violations: string };

/** Phrases an answer from the passages. What states more than they hold is written once more, then given up. */
export function createPhraseAnswer(model: Pick<LanguageModel, "write">): Tool {
  return {
    acts: false,
    async perform(input, { organizationId, signal }): Promise<EffectOutput<"phrase_answer"> & Used> {
      const { question, passages, language } = inputSchema.parse(input);
      const usage: ModelUsage[] = [];
      const write = async (refused?: string): Promise<Draft> => {
        const writing = await model.write({
          system: answerSystemPrompt,
          history: [],
          context: answerContext({ question, passages, language }, refused),
          cacheKey: organizationId,
          signal,
        });
        usage.push({ ...writing.usage, operation: "phrase" });
        if (writing.kind === "refused") return { kind: "none" };
        if (writing.kind === "invalid") return { kind: "wrong", violations: writing.detail };
        return judge(writing.text.trim(), passages);
      };
      let draft = await write();
      if (draft.kind === "wrong") draft = await write(draft.violations);
      return draft.kind === "answer" ? { ...draft, usage } : { kind: "none", usage };
    },
  };
}

function judge(text: string, passages: readonly { title: string; content: string }[]): Draft {
  if (text === "" || text.includes(NO_ANSWER)) return { kind: "none" };
  const violations = checkOutgoing(text, { facts: passages.flatMap(({ title, content }) => [title, content]) });
  return violations.length === 0 ? { kind: "answer", text } : { kind: "wrong", violations: violations.join(", ") };
}
