export { type Chart, chart, joinReplies } from "./chart.ts";
export { createDecider } from "./decide.ts";
export type { EffectOutput } from "./effects.ts";
export { checkOutgoing } from "./outgoing-check.ts";
export { answerContext, answerSystemPrompt, NO_ANSWER } from "./prompts/answer.ts";
export { PROMPT_VERSIONS } from "./prompts/versions.ts";
export type {
  ChartEvent,
  Effect,
  EffectKind,
  OwnAppointment,
  Reply,
  Said,
  SaidMessage,
  Snapshot,
  TurnFacts,
} from "./types.ts";
