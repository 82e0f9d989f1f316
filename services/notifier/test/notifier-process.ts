import { ESCALATION_TEMPLATE_ID, type Simulators } from "@skytide/simulators";
import { freePort, type StageProcess, startStage } from "@skytide/testing";

interface NotifierProcess extends StageProcess {
  /** Calls the CRM's door. */
  post(body: object, token?: string): Promise<Response>;
}

interface Surroundings {
  nats: { url: string };
  database: { url: string; serviceRoleKey: string };
  simulators: Simulators;
}

const MAIN = new URL("../src/main.ts", import.meta.url);
const TOKEN = "test-internal-token";

/** The settings of the notification app. */
export const NOTIFICATION_APP = {
  GUPSHUP_NOTIF_API_KEY: "demo-key-avisos",
  GUPSHUP_NOTIF_SOURCE: "573000000009",
  GUPSHUP_NOTIF_APP_NAME: "SkytideAvisos",
  GUPSHUP_ESCALATION_TEMPLATE_ID: ESCALATION_TEMPLATE_ID,
};

/** Starts the stage and waits until it is ready; it drains when the test ends. */
export async function startNotifier(
  { nats, database, simulators }: Surroundings,
  env: Record<string, string> = NOTIFICATION_APP,
): Promise<NotifierProcess> {
  const port = await freePort();
  const stage = await startStage(MAIN, {
    NATS_URL: nats.url,
    SUPABASE_URL: database.url,
    SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
    GUPSHUP_API_URL: simulators.gupshupUrl,
    NOTICE_TIMEOUT_MS: "3000",
    INTERNAL_TOKEN: TOKEN,
    NOTIFIER_HOST: "127.0.0.1",
    NOTIFIER_PORT: String(port),
    ...env,
  });
  const post = (body: object, token = TOKEN) =>
    fetch(`http://127.0.0.1:${port}/internal/notify/escalation`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return { ...stage, post };
}
