export type { Brief } from "./brief-types.ts";
export { type Chart, chart, joinReplies } from "./chart.ts";
export { createDecider, UNGROUNDED } from "./decide.ts";
export type { EffectOutput } from "./effects.ts";
export { NODES } from "./machine.ts";
export { checkOutgoing } from "./outgoing-check.ts";
export { answerContext, NO_ANSWER } from "./prompts/answer.ts";
export { systemOf } from "./prompts/business.ts";
export { prompts } from "./prompts/index.ts";
export type { PromptLibrary } from "./prompts/load-prompts.ts";
export type {
  ChartEvent,
  Decision,
  Effect,
  EffectKind,
  OwnAppointment,
  Reply,
  Said,
  SaidMessage,
  Snapshot,
  TurnFacts,
} from "./types.ts";
