export { type Chart, chart, type Snapshot, type Step } from "./chart.ts";
export { createDecider, type DecideInput } from "./decide.ts";
export type { ChartEvent, Decision, Effect, EffectKind, Reply, Said, SaidMessage, TurnFacts } from "./types.ts";
