import type { ModelUsage } from "@skytide/events";
import type { LanguageModel } from "@skytide/models";
import { z } from "zod";
import {
  answerContext,
  checkOutgoing,
  type EffectOutput,
  NO_ANSWER,
  prompts,
  systemOf,
} from "../conversation/index.ts";
import type { Tool, Used } from "./tool.ts";

const inputSchema = z.strictObject({
  question: z.string(),
  passages: z.array(z.strictObject({ title: z.string(), content: z.string() })),
  language: z.string(),
});

type Draft = { kind: "answer"; text: string } | { kind: "none" } | { kind: "wrong"; violations: string };

/** Why what the model wrote was not taken, a line per attempt: kinds of claims, none of its words. */
interface Checked {
  checks?: string[];
}

/** Phrases an answer from the passages. What states more than they hold is written once more, then given up. */
export function createPhraseAnswer(model: Pick<LanguageModel, "write">): Tool {
  return {
    acts: false,
    async perform(input, { organizationId, signal, brief }): Promise<EffectOutput<"phrase_answer"> & Used & Checked> {
      const { question, passages, language } = inputSchema.parse(input);

      const usage: ModelUsage[] = [];
      const checks: string[] = [];
      const write = async (refused?: string): Promise<Draft> => {
        const writing = await (brief?.model ?? model).write({
          system: systemOf((brief?.prompts ?? prompts.newest).answer, brief?.business ?? null),
          history: [],
          context: answerContext({ question, passages, language }, refused),
          cacheKey: organizationId,
          signal,
        });
        usage.push({ ...writing.usage, operation: "phrase" });
        if (writing.kind === "refused") return { kind: "none" };
        if (writing.kind === "invalid") return wrong(writing.detail, writing.reason);
        const draft = judge(writing.text.trim(), passages);
        return draft.kind === "wrong" ? wrong(draft.violations) : draft;
      };
      const wrong = (violations: string, code = violations): Draft => {
        checks.push(code);
        return { kind: "wrong", violations };
      };
      let draft = await write();
      if (draft.kind === "wrong") draft = await write(draft.violations);
      const said = checks.length === 0 ? { usage } : { usage, checks };
      return draft.kind === "answer" ? { ...draft, ...said } : { kind: "none", ...said };
    },
  };
}

function judge(text: string, passages: readonly { title: string; content: string }[]): Draft {
  if (text === "" || text.includes(NO_ANSWER)) return { kind: "none" };
  const violations = checkOutgoing(text, { facts: passages.flatMap(({ title, content }) => [title, content]) });
  return violations.length === 0 ? { kind: "answer", text } : { kind: "wrong", violations: violations.join(", ") };
}
