import type { User } from "@skytide/bus";
import type { Stage } from "@skytide/events";
import type { NatsUsers } from "./nats-users.ts";
import type { FleetPorts } from "./ports.ts";
import type { StandIns } from "./stand-ins.ts";

/** The demo's app for notices to staff, as the simulator knows it. */
const SIMULATED_NOTICES = {
  GUPSHUP_NOTIF_APP_NAME: "SkytideAvisos",
  GUPSHUP_NOTIF_API_KEY: "demo-key-avisos",
  GUPSHUP_NOTIF_SOURCE: "573000000009",
  GUPSHUP_ESCALATION_TEMPLATE_ID: "e5ca1a7e-0000-4000-8000-000000000001",
};

/** The simulated partner, and the id of the app above, which only setting up asks for. */
const SIMULATED_PARTNER = {
  GUPSHUP_PARTNER_TOKEN: "demo-partner-token",
  GUPSHUP_NOTIF_APP_ID: "e0000000-0000-4000-8000-00000000a999",
};

export interface FleetFacts {
  standIns: StandIns;
  ports: FleetPorts;
  natsUrl: string;
  /** The users of our own nats-server; undefined with somebody else's. */
  natsUsers?: NatsUsers | undefined;
  databaseUrl: string;
  serviceRoleKey: string;
  chatHashKeys: string;
  buttonSigningKeys: string;
}

/** The address of the simulators, which all stand on one port. */
export function simulatorsUrl(ports: FleetPorts): string {
  return `http://127.0.0.1:${ports.simulators}`;
}

/** What a stage's process gets on top of the environment of the fleet. */
export function stageEnv(
  stage: Stage,
  facts: FleetFacts,
  own: { adminPort: number; first: boolean },
): Record<string, string> {
  const { ports } = facts;
  return {
    NATS_URL: facts.natsUrl,
    ...(facts.natsUsers === undefined ? {} : { NATS_MONITORING_URL: `http://127.0.0.1:${ports.natsMonitor}` }),
    ...natsUserEnv(facts, stage),
    SUPABASE_URL: facts.databaseUrl,
    SUPABASE_SERVICE_ROLE_KEY: facts.serviceRoleKey,
    CHAT_HASH_KEYS: facts.chatHashKeys,
    ...(stage === "notifier" || stage === "brain" ? { BUTTON_SIGNING_KEYS: facts.buttonSigningKeys } : {}),
    ADMIN_HOST: "127.0.0.1",
    ADMIN_PORT: String(own.adminPort),
    ...simulatorEnv(facts),
    // A second process of a stage takes any port: nobody is told of it.
    ...(stage === "ingest" ? { GATEWAY_PORT: String(own.first ? ports.gateway : 0) } : {}),
    ...(stage === "brain" ? { BRAIN_PORT: String(own.first ? ports.brain : 0) } : {}),
    ...(stage === "notifier" ? { NOTIFIER_PORT: String(own.first ? ports.notifier : 0) } : {}),
  };
}

/** How a user signs in at our own server; at somebody else's the settings of the environment say it. */
export function natsUserEnv({ natsUsers }: Pick<FleetFacts, "natsUsers">, user: User): Record<string, string> {
  if (natsUsers === undefined) return {};
  return { NATS_NKEY_SEED: natsUsers.seeds[user], NATS_USER: "", NATS_PASSWORD: "", NATS_CREDS: "" };
}

/** What replaces the outside systems by their stand-ins. */
function simulatorEnv({ standIns, ports }: FleetFacts): Record<string, string> {
  const url = simulatorsUrl(ports);
  return {
    ...(standIns.openai ? { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: "simulated" } : {}),
    ...(standIns.gemini ? { GEMINI_BASE_URL: url, GEMINI_API_KEY: "simulated", GEMINI_MODEL: "gemini-simulated" } : {}),
    ...(standIns.gupshup
      ? { GUPSHUP_API_URL: url, MEDIA_ALLOWED_HOSTS: `filemanager.gupshup.io,${url}`, ...SIMULATED_NOTICES }
      : {}),
    ...(standIns.langfuse
      ? { LANGFUSE_HOST: url, LANGFUSE_PUBLIC_KEY: "pk-simulated", LANGFUSE_SECRET_KEY: "sk-simulated" }
      : {}),
  };
}

/** What the operator's commands need to find this fleet and its stand-ins. */
export function operatorEnv(facts: FleetFacts): Record<string, string> {
  const url = simulatorsUrl(facts.ports);
  return {
    NATS_URL: facts.natsUrl,
    ...(facts.natsUsers ? { NATS_MONITORING_URL: `http://127.0.0.1:${facts.ports.natsMonitor}` } : {}),
    SUPABASE_URL: facts.databaseUrl,
    SUPABASE_SERVICE_ROLE_KEY: facts.serviceRoleKey,
    CHAT_HASH_KEYS: facts.chatHashKeys,
    WEBHOOK_PUBLIC_URL: `http://127.0.0.1:${facts.ports.gateway}/webhooks/gupshup`,
    // Where the stand-ins are: skytide doctor asks them, skytide erase clears them.
    ...simulatorEnv(facts),
    ...(facts.standIns.gupshup
      ? { ...SIMULATED_PARTNER, GUPSHUP_API_URL: url, GUPSHUP_PARTNER_URL: url, ...SIMULATED_NOTICES }
      : {}),
  };
}

/** What the simulators' process gets. */
export function simulatorsProcessEnv(ports: FleetPorts, dataDir: string): Record<string, string> {
  return {
    SIMULATORS_PORT: String(ports.simulators),
    SIMULATORS_WEBHOOK_URL: `http://127.0.0.1:${ports.gateway}/webhooks/gupshup`,
    SIMULATORS_DATA_DIR: dataDir,
  };
}

/** Settings that a person may give and that are safe to have otherwise on one machine. */
export const LOCAL_DEFAULTS: Record<string, string> = {
  GATEWAY_HOST: "127.0.0.1",
  NOTIFIER_HOST: "127.0.0.1",
  BRAIN_HOST: "127.0.0.1",
  INVOKE_TOKENS: [
    "a0000000-0000-4000-8000-000000000001:demo-invoke-aurora",
    "b0000000-0000-4000-8000-000000000002:demo-invoke-brisa",
  ].join(","),
};
