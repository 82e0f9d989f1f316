import type { z } from "zod";
import type { Choice, ChooseRequest, InvalidReason, Writing } from "./language-model.ts";
import { parseJson } from "./parse-json.ts";
import type { TokenCounts, Usage } from "./usage.ts";

/** What a reply of any wire says, before it is held against what was offered. */
export type Answer =
  | { kind: "calls"; calls: { name: string; argumentsJson: string }[]; tokens: TokenCounts }
  | { kind: "text"; text: string; tokens: TokenCounts }
  | { kind: "incomplete"; tokens: TokenCounts }
  | { kind: "refused"; tokens: TokenCounts };

/** Holds an answer against the offer: exactly one call, of an allowed tool, with arguments that its schema accepts. */
export function toChoice(answer: Answer, request: ChooseRequest, usage: Usage): Choice {
  const invalid = (reason: InvalidReason, detail: string): Choice => ({ kind: "invalid", reason, detail, usage });
  if (answer.kind === "refused") return { kind: "refused", usage };
  if (answer.kind === "incomplete") return invalid("incomplete", "The answer was cut off before its end.");
  if (answer.kind === "text") return invalid("no_tool", "No tool was called; exactly one call is needed.");
  const [call, second] = answer.calls;
  if (!call) return invalid("no_tool", "No tool was called; exactly one call is needed.");
  if (second) return invalid("several_tools", "Several tools were called; exactly one call is needed.");
  const tool = request.tools.find(({ name }) => name === call.name);
  if (!tool) return invalid("unknown_tool", "There is no tool of that name.");
  if (!request.allowed.includes(tool.name)) return invalid("not_offered", `The tool ${tool.name} is not offered now.`);
  const json = parseJson(call.argumentsJson);
  if (json === undefined) return invalid("broken_json", `The arguments of ${tool.name} are not JSON.`);
  const parsed = tool.parameters.safeParse(json);
  if (parsed.success) return { kind: "chosen", tool: tool.name, arguments: parsed.data, usage };
  return invalid("wrong_arguments", `The arguments of ${tool.name} are wrong: ${problemsOf(parsed.error.issues)}.`);
}

/** Holds an answer against what a text must be: there, whole and words. */
export function toWriting(answer: Answer, usage: Usage): Writing {
  if (answer.kind === "refused") return { kind: "refused", usage };
  if (answer.kind === "incomplete")
    return { kind: "invalid", reason: "incomplete", detail: "The text was cut off before its end.", usage };
  const text = answer.kind === "text" ? answer.text.trim() : "";
  if (text === "") return { kind: "invalid", reason: "empty", detail: "No text was written.", usage };
  return { kind: "text", text, usage };
}

/** Paths and expectations; what the model wrote is not repeated. */
function problemsOf(issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .slice(0, 5)
    .map((issue) => {
      const path = issue.path.join(".") || "the whole";
      return `${path}: ${issue.code === "unrecognized_keys" ? "holds a field that does not exist" : issue.message}`;
    })
    .join("; ");
}
