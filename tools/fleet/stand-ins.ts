import { STAGES } from "@skytide/events";
import { FleetError } from "./fleet-error.ts";
import type { FleetPorts, WantedPort } from "./ports.ts";

/** Which outside systems this fleet brings itself; what is set in the environment replaces its stand-in. */
export interface StandIns {
  nats: boolean;
  database: boolean;
  gupshup: boolean;
  openai: boolean;
  gemini: boolean;
  langfuse: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads from the environment what need not be simulated. */
export function standInsOf(env: Env): StandIns {
  const has = (...names: string[]) => names.some((name) => env[name]?.trim());
  if (has("SUPABASE_URL") && !has("SUPABASE_SERVICE_ROLE_KEY")) {
    throw new FleetError(
      "SUPABASE_URL is set but SUPABASE_SERVICE_ROLE_KEY is not: set both, or neither for the embedded database.",
    );
  }
  return {
    nats: !has("NATS_URL"),
    database: !has("SUPABASE_URL"),
    gupshup: !has("GUPSHUP_API_URL"),
    openai: !has("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    gemini: !has("GEMINI_API_KEY", "GEMINI_BASE_URL"),
    langfuse: !has("LANGFUSE_HOST"),
  };
}

/** True when any of the simulators is needed. */
export function needsSimulators(standIns: StandIns): boolean {
  return standIns.gupshup || standIns.openai || standIns.gemini || standIns.langfuse;
}

/** What is not simulated, for a person to read. */
export function externals(env: Env, standIns: StandIns): { part: string; detail: string }[] {
  const by = (name: string) => (env[name]?.trim() ? `the one of ${name}` : "the real one");
  const all = [
    [!standIns.nats, "nats-server", by("NATS_URL")],
    [!standIns.database, "database", by("SUPABASE_URL")],
    [Boolean(env.REDIS_URL?.trim()), "redis", by("REDIS_URL")],
    [!standIns.openai, "openai", by("OPENAI_BASE_URL")],
    [!standIns.gemini, "gemini", by("GEMINI_BASE_URL")],
    [!standIns.gupshup, "gupshup", by("GUPSHUP_API_URL")],
    [!standIns.langfuse, "langfuse", by("LANGFUSE_HOST")],
  ] as const;
  return all.flatMap(([isExternal, part, detail]) => (isExternal ? [{ part, detail }] : []));
}

/** The ports that this fleet listens on. */
export function wantedPorts(ports: FleetPorts, standIns: StandIns): WantedPort[] {
  return [
    ...(standIns.nats ? [{ port: ports.nats, part: "nats-server", setting: "NATS_PORT" }] : []),
    ...(standIns.nats
      ? [{ port: ports.natsMonitor, part: "nats-server monitoring", setting: "NATS_MONITOR_PORT" }]
      : []),
    ...(standIns.database ? [{ port: ports.database, part: "database", setting: "DATABASE_PORT" }] : []),
    ...(needsSimulators(standIns) ? [{ port: ports.simulators, part: "simulators", setting: "SIMULATORS_PORT" }] : []),
    { port: ports.gateway, part: "webhooks", setting: "GATEWAY_PORT" },
    { port: ports.brain, part: "POST /invoke", setting: "BRAIN_PORT" },
    ...STAGES.map((stage) => ({ port: ports.admin[stage], part: `${stage} admin`, setting: "ADMIN_PORT" })),
  ];
}
