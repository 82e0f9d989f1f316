export { CRASH_POINTS, type CrashPoint, crashPoint } from "./crash-point.ts";
export { type DeadLetter, deadLetterSchema } from "./dead-letter.ts";
export { declareStageMetrics } from "./declare-stage-metrics.ts";
export { NotWell } from "./health.ts";
export { KNOWN_SETTINGS } from "./known-settings.ts";
export { ConfigError, loadConfig } from "./load-config.ts";
export { type OpenStage, openStage } from "./open-stage.ts";
export { runStage } from "./run-stage.ts";
export { runWorker } from "./run-worker.ts";
export { type StageSettings, stageSettings, storeSettings } from "./settings.ts";
export type {
  Handler,
  Health,
  HealthCheck,
  Outcome,
  StageContext,
  StageOptions,
  WorkerOptions,
  WorkMessage,
} from "./stage-types.ts";
export { StartError } from "./start-error.ts";
export { sayUnknown, unknownSettings } from "./unknown-settings.ts";
