import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, vi } from "vitest";

/** The stage as it runs in production: its own main.ts in a process of its own. */
export interface OutboundProcess {
  output(): string;
  ended: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** The value of a metric's line. */
  metric(line: string): Promise<number>;
}

interface Surroundings {
  nats: { url: string };
  database: { url: string; serviceRoleKey: string };
  simulators: { gupshupUrl: string };
}

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Starts the stage and waits until it is ready; it drains when the test ends. */
export async function startOutbound(
  { nats, database, simulators }: Surroundings,
  env: Record<string, string> = {},
): Promise<OutboundProcess> {
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
      SEND_TIMEOUT_MS: "2000",
      SEND_UNCERTAIN_WAIT_MS: "1000",
      SEND_UNCERTAIN_POLL_MS: "200",
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
  const port = await until(() => {
    const ready = /"port":(\d+)[^\n]*stage-ready/.exec(output());
    expect(ready, output()).not.toBeNull();
    return Number(ready?.[1]);
  });
  const metric = async (line: string) => {
    const body = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(
      body
        .split("\n")
        .find((row) => row.startsWith(line))
        ?.split(" ")[1],
    );
  };
  return { output, ended, signal: (name) => child.kill(name), metric };
}

/** Repeats an assertion until it holds; generous, because a test machine has others to serve. */
export async function until<T>(assertion: () => T | Promise<T>): Promise<T> {
  return await vi.waitFor(assertion, { timeout: 90_000, interval: 50 });
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
