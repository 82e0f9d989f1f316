import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { keysIn, openDataFolder } from "../data-folder.ts";
import { createProcessRecord, endLeftovers } from "../leftovers.ts";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "skytide-fleet-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A process that ends on SIGTERM only when it is told to. */
async function startSleeper(deaf: boolean): Promise<{ pid: number; exited: Promise<unknown> }> {
  const script = `${deaf ? 'process.on("SIGTERM", () => {});' : ""} setInterval(() => {}, 1000); console.log("up");`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return { pid: child.pid ?? 0, exited };
}

test("a folder serves one fleet at a time", async () => {
  const root = newFolder();
  const folder = await openDataFolder(root);
  await expect(openDataFolder(root)).rejects.toThrow(/is in use by process \d+/);
  await folder.release();
  await (await openDataFolder(root)).release();
});

test("the lock of a process that is gone is taken over", async () => {
  const root = newFolder();
  writeFileSync(join(root, "owner.lock"), JSON.stringify({ pid: 2 ** 22 + 1, startedAt: "1" }));
  await (await openDataFolder(root)).release();
});

test("the logs of the run before are kept aside", async () => {
  const root = newFolder();
  const first = await openDataFolder(root);
  writeFileSync(first.logFile("brain"), "first run\n");
  await first.release();
  const second = await openDataFolder(root);
  expect(existsSync(second.logFile("brain"))).toBe(false);
  expect(readFileSync(join(root, "logs.previous", "brain.log"), "utf8")).toBe("first run\n");
  await second.release();
});

test("the hash keys are made once and only the owner reads them", async () => {
  const folder = await openDataFolder(newFolder());
  const keys = keysIn(folder, "chat-hash-keys");
  expect(keys).toMatch(/^v1:[\w-]{32}$/);
  expect(keysIn(folder, "chat-hash-keys")).toBe(keys);
  expect(statSync(folder.path("chat-hash-keys")).mode & 0o777).toBe(0o600);
  await folder.release();
});

test("processes that an earlier fleet left running are ended, also those that do not listen", {
  timeout: 15_000,
}, async () => {
  const path = join(newFolder(), "processes.json");
  const record = createProcessRecord(path);
  const [polite, deaf] = [await startSleeper(false), await startSleeper(true)];
  record.add("brain", polite.pid);
  record.add("media", deaf.pid);
  expect(await endLeftovers(path)).toEqual(["brain", "media"]);
  await Promise.all([polite.exited, deaf.exited]);
});

test("a pid that belongs to another process by now is left alone", async () => {
  const path = join(newFolder(), "processes.json");
  const stranger = await startSleeper(false);
  writeFileSync(path, JSON.stringify([{ name: "brain", pid: stranger.pid, startedAt: "1" }]));
  expect(await endLeftovers(path)).toEqual([]);
  process.kill(stranger.pid, 0);
});

test("a record that a crash cut short is no record", async () => {
  const path = join(newFolder(), "processes.json");
  writeFileSync(path, '[{"name":"bra');
  expect(await endLeftovers(path)).toEqual([]);
  expect(await endLeftovers(join(path, "missing"))).toEqual([]);
});
