export { createBriefs } from "./create-briefs.ts";
export { openBriefs } from "./open-briefs.ts";
export { createSpendMeter, type SpendMeter } from "./spend-meter.ts";
export { createSpendMetrics } from "./spend-metrics.ts";
export { tellCeilingIn } from "./tell-ceiling.ts";
export type { TurnBrief } from "./turn-brief.ts";
