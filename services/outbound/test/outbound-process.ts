import { type StageProcess, startStage } from "@skytide/testing";

interface Surroundings {
  nats: { url: string };
  database: { url: string; serviceRoleKey: string };
  simulators: { gupshupUrl: string };
}

const MAIN = new URL("../src/main.ts", import.meta.url);

/** Starts the stage and waits until it is ready; it drains when the test ends. */
export async function startOutbound(
  { nats, database, simulators }: Surroundings,
  env: Record<string, string> = {},
): Promise<StageProcess> {
  return await startStage(MAIN, {
    NATS_URL: nats.url,
    SUPABASE_URL: database.url,
    SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
    GUPSHUP_API_URL: simulators.gupshupUrl,
    SEND_TIMEOUT_MS: "2000",
    SEND_UNCERTAIN_WAIT_MS: "1000",
    SEND_UNCERTAIN_POLL_MS: "200",
    ...env,
  });
}
