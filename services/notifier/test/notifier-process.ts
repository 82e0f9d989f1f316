import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { ESCALATION_TEMPLATE_ID, type Simulators } from "@skytide/simulators";
import { expect, onTestFinished, vi } from "vitest";

/** The stage as it runs in production: its own main.ts in a process of its own. */
export interface NotifierProcess {
  output(): string;
  ended: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** Calls the CRM's door. */
  post(body: object, token?: string): Promise<Response>;
}

interface Surroundings {
  nats: { url: string };
  database: { url: string; serviceRoleKey: string };
  simulators: Simulators;
}

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
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
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      NATS_URL: nats.url,
      ADMIN_HOST: "127.0.0.1",
      ADMIN_PORT: "0",
      CHAT_HASH_KEYS: "k1:0123456789abcdef",
      SUPABASE_URL: database.url,
      SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
      GUPSHUP_API_URL: simulators.gupshupUrl,
      NOTICE_TIMEOUT_MS: "3000",
      INTERNAL_TOKEN: TOKEN,
      NOTIFIER_HOST: "127.0.0.1",
      NOTIFIER_PORT: String(port),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = keepOutput(child);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  await until(() => expect(output()).toContain("stage-ready"));
  const post = (body: object, token = TOKEN) =>
    fetch(`http://127.0.0.1:${port}/internal/notify/escalation`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return { output, ended, signal: (name) => child.kill(name), post };
}

/** Repeats an assertion until it holds; generous, because a test machine has others to serve. */
export async function until<T>(assertion: () => T | Promise<T>): Promise<T> {
  return await vi.waitFor(assertion, { timeout: 45_000, interval: 50 });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function keepOutput(child: ChildProcess): () => string {
  let output = "";
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return () => output;
}
