export { type Chart, chart, type Step } from "./chart.ts";
export { createDecider, type DecideInput } from "./decide.ts";
export type { EffectOutput } from "./effects.ts";
export { checkOutgoing } from "./outgoing-check.ts";
export { ANSWER_PROMPT_VERSION, answerContext, answerSystemPrompt, NO_ANSWER } from "./prompts/answer.ts";
export { DECIDE_PROMPT_VERSION } from "./prompts/decide.ts";
export type {
  ChartEvent,
  Decision,
  Effect,
  EffectKind,
  Reply,
  Said,
  SaidMessage,
  Snapshot,
  TurnFacts,
} from "./types.ts";
