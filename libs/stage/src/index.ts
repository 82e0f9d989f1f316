export { CRASH_POINTS, type CrashPoint, crashPoint } from "./crash-point.ts";
export { ConfigError, loadConfig } from "./load-config.ts";
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
