import type { Stage } from "@skytide/events";
import type { NatsUsers } from "./nats-users.ts";
import type { StandIns } from "./stand-ins.ts";
import type { PartProgress } from "./supervise.ts";

/** `external`: a stand-in that is not started because the real one is set. `note`: something worth a line. */
export type FleetProgress = PartProgress | { part: string; state: "external" | "note"; detail: string };

export interface FleetOptions {
  /** Holds everything; reserved for this fleet. */
  dataDir: string;
  /** `free` takes ports that nobody uses; else those of the settings. */
  ports?: "free" | "settings";
  /** The environment of the fleet, `process.env` unless given: settings of the stages, and what replaces a stand-in. */
  env?: NodeJS.ProcessEnv;
  /** Settings of one stage only. */
  stageEnv?: Partial<Record<Stage, Record<string, string>>>;
  /** Processes per stage, 1 unless given. */
  replicas?: Partial<Record<Stage, number>>;
  onProgress?: (progress: FleetProgress) => void;
  /** Stops a start that is under way. */
  signal?: AbortSignal;
}

/** A process of the fleet; it is started again whenever it ends. */
interface FleetProcess {
  readonly name: string;
  /** 0 while it is down. */
  readonly pid: number;
  isReady(): boolean;
  kill(signal: NodeJS.Signals): void;
}

export interface FleetUrls {
  nats: string;
  database: string;
  /** Where Gupshup's webhooks go. */
  webhook: string;
  simulators: string;
  /** `POST /invoke` of the first brain. */
  invoke: string;
  webPhone: string;
  /** Admin address of each process of a stage, by its name. */
  admin: Readonly<Record<string, string>>;
}

export interface Fleet {
  readonly urls: FleetUrls;
  readonly serviceRoleKey: string;
  /** The users of its own nats-server. */
  readonly natsUsers: NatsUsers | undefined;
  /** The folder of the logs: one file per process. */
  readonly logs: string;
  readonly standIns: StandIns;
  /** `nats-server`, `database`, `simulators`, and the stages by name; a stage's second process is `brain-2`. */
  readonly processes: readonly FleetProcess[];
  /** The environment of one more process of a stage, for whoever starts it by hand; it listens to HTTP on free ports. */
  stageEnv(stage: Stage, own: { adminPort: number }): NodeJS.ProcessEnv;
  /** The process of that name; throws where there is none. */
  process(name: string): FleetProcess;
  /** Stages first, then the simulators, then the servers. */
  stop(): Promise<void>;
  /** SIGKILL to everything at once. */
  killAll(): void;
}
