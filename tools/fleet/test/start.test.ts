import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, type ProcessIdentity } from "@skytide/embedded";
import { MACHINE_ENV } from "@skytide/testing";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "../parts.ts";
import { freePorts } from "../ports.ts";

/** `npm start` with its settings, and what it printed. */
function runStart(env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, ["tools/start.ts"], {
    cwd: ROOT,
    env: { ...MACHINE_ENV, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let printed = "";
  const waiting = new Set<() => void>();
  const take = (chunk: Buffer) => {
    printed += chunk;
    for (const check of waiting) check();
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  const exited = new Promise<{ code: number | null; printed: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, printed }));
  });
  const said = (text: string) =>
    Promise.race([
      new Promise<void>((resolve) => {
        const check = () => printed.includes(text) && resolve();
        waiting.add(check);
        check();
      }),
      exited.then(({ printed: all }) => expect.fail(`ended without "${text}":\n${all}`)),
    ]);
  return { exited, said, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

async function settings(): Promise<Record<string, string>> {
  const dataDir = mkdtempSync(join(tmpdir(), "skytide-start-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const ports = await freePorts();
  return {
    SKYTIDE_DATA_DIR: dataDir,
    NATS_PORT: `${ports.nats}`,
    NATS_MONITOR_PORT: `${ports.natsMonitor}`,
    DATABASE_PORT: `${ports.database}`,
    SIMULATORS_PORT: `${ports.simulators}`,
    GATEWAY_PORT: `${ports.gateway}`,
    NOTIFIER_PORT: `${ports.notifier}`,
    ADMIN_PORT: `${ports.admin.ingest}`,
  };
}

const processesOf = (dataDir: string): ProcessIdentity[] =>
  JSON.parse(readFileSync(join(dataDir, "processes.json"), "utf8"));

test("npm start: ready, a second one is refused, a kill -9 is taken over, Ctrl-C leaves nothing behind", {
  timeout: 300_000,
}, async () => {
  const env = await settings();
  const dataDir = env.SKYTIDE_DATA_DIR ?? "";
  const first = runStart(env);
  await first.said("Ctrl-C stops everything.");
  for (let index = 0; index < 5; index += 1) {
    expect((await fetch(`http://127.0.0.1:${Number(env.ADMIN_PORT) + index}/readyz`)).status).toBe(200);
  }
  expect((await fetch(`http://127.0.0.1:${env.SIMULATORS_PORT}/`)).status).toBe(200);

  const second = await runStart(env).exited;
  expect(second.code).toBe(1);
  expect(second.printed).toMatch(/The data folder .* is in use by process \d+\. Stop that one first/);
  const elsewhere = await runStart({ ...env, SKYTIDE_DATA_DIR: `${dataDir}-2` }).exited;
  rmSync(`${dataDir}-2`, { recursive: true, force: true });
  expect(elsewhere.code).toBe(1);
  expect(elsewhere.printed).toContain(`Ports ${env.NATS_PORT} (nats-server, NATS_PORT), `);
  expect(elsewhere.printed).not.toContain("    at ");

  first.kill("SIGKILL");
  await first.exited;
  const left = processesOf(dataDir);
  expect(left).toHaveLength(8);
  const third = runStart(env);
  await third.said("Ctrl-C stops everything.");
  expect(left.filter(isAlive)).toEqual([]);

  const running = processesOf(dataDir);
  third.kill("SIGINT");
  const { code, printed } = await third.exited;
  expect(code).toBe(0);
  expect(printed).toContain("■ nats-server  stopped");
  expect(running.filter(isAlive)).toEqual([]);
});

test("wrong settings of a stage end the start with that stage's own words", { timeout: 120_000 }, async () => {
  const env = await settings();
  const { code, printed } = await runStart({ ...env, DEBOUNCE_MS: "soon", LOG_LEVEL: "loud" }).exited;
  expect(code).toBe(1);
  expect(printed).toMatch(/did not start \(ended with code 78\):\nskytide \w+: wrong settings:/);
  expect(printed).toContain("LOG_LEVEL: ");
  expect(printed).not.toContain("    at ");
});
