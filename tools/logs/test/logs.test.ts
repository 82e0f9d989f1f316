import { execFile } from "node:child_process";
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RetryableError } from "@skytide/errors";
import { createLogger } from "@skytide/telemetry";
import { expect, onTestFinished, test } from "vitest";
import { runLogs } from "../run-logs.ts";

const recorded = join(import.meta.dirname, "recorded-lines.jsonl");
const EVER = ["--since", "999999h", "--no-follow"];
const LAURA = "v1_7DL1tuSP_iGEqzIfrEGGFw";

/** What a person sees who calls logs.sh. */
async function logs(given: string[], env: NodeJS.ProcessEnv = {}, color = false) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runLogs(given, {
    env: { PATH: process.env.PATH, SKYTIDE_DATA_DIR: "/nowhere", TZ: "UTC", ...env },
    print: (line) => void out.push(line),
    note: (line) => void notes.push(line),
    color,
  });
  return { code, out, notes: notes.join("\n") };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "skytide-logs-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Where `npm start` keeps its logs: the recorded lines, a file per process. */
async function localFleet(): Promise<NodeJS.ProcessEnv> {
  const root = await folder();
  await mkdir(join(root, "logs"));
  for (const line of (await readFile(recorded, "utf8")).trim().split("\n")) {
    const { stage } = JSON.parse(line) as { stage: string };
    await appendFile(join(root, "logs", `${stage}.log`), `${line}\n`);
  }
  return { SKYTIDE_DATA_DIR: root };
}

/** Executables that note how they were called and print the recorded lines behind a prefix, as the true ones do. */
async function fakes(
  of: Record<string, { prefix: string; fleet: boolean }>,
): Promise<NodeJS.ProcessEnv & { calls: string }> {
  const bin = await folder();
  const calls = join(bin, "calls");
  for (const [name, { prefix, fleet }] of Object.entries(of)) {
    const path = join(bin, name);
    const look = `case "$*" in *"ps --quiet"*|*"get deployments"*) ${fleet ? "echo found" : ":"}; exit 0;; esac`;
    const body = `#!/bin/sh\necho "${name} $*" >> ${calls}\n${look}\nsed 's#^#${prefix}#' ${recorded}\n`;
    await writeFile(path, body);
    await chmod(path, 0o755);
  }
  return { PATH: `${bin}:${process.env.PATH}`, calls };
}

const LINES = [
  /^\d\d:\d\d:08 ingest {5}← text, durable in 16 ms +v1_7DL1tuSP_iGEqzIfrEGGFw$/,
  /^\d\d:\d\d:08 media {6}audio of 14 kB described in 96 ms +v1_rUtUM-EhPNQXRfOXO2VgvQ$/,
  /^\d\d:\d\d:08 brain {6}appointment\.askingReminders → agent\.book, decided by the model +v1_/,
  /^\d\d:\d\d:08 brain {6}tool check_availability: slots, 77 ms +v1_/,
  /^\d\d:\d\d:08 brain {6}turn replied on 4 messages, now appointment\.choosingSlot, 379 ms +v1_/,
  /^\d\d:\d\d:08 outbound {3}→ answer sent in 45 ms, 0\.5 s after the customer wrote +v1_/,
  /^\d\d:\d\d:32 ingest {5}✗ webhook refused with 404: unknown app$/,
];

test("every happening of a fleet is one readable line, in the order of time, with the conversation to copy", async () => {
  const { code, out } = await logs(["all", ...EVER], await localFleet());
  expect(code).toBe(0);
  for (const line of LINES) expect(out).toContainEqual(expect.stringMatching(line));
  const times = out.map((line) => line.slice(0, 8));
  expect(times).toEqual(times.toSorted());
});

test("a service shows its own, and the earlier names are those of today", async () => {
  const env = await localFleet();
  const of = async (name: string) => (await logs([name, ...EVER], env)).out;
  expect(await of("gateway")).toEqual(await of("ingest"));
  expect(await of("python")).toEqual(await of("brain"));
  expect((await of("brain")).every((line) => line.includes(" brain "))).toBe(true);
  expect(await of("media")).toEqual([expect.stringContaining("← audio"), expect.stringContaining("audio of 14 kB")]);
  expect(await of("errors")).toEqual([expect.stringContaining("webhook refused")]);
  expect((await of("webhooks")).length).toBeGreaterThan(4);
});

test("a filter keeps what holds it, in the words shown or in the line itself", async () => {
  const env = await localFleet();
  const lines = await logs(["all", LAURA, ...EVER], env);
  expect(lines.out.length).toBeGreaterThan(3);
  expect(lines.out.every((line) => line.endsWith(LAURA))).toBe(true);
  expect((await logs(["all", "ANSWER SENT", ...EVER], env)).out).toHaveLength(1);
});

test("--json gives the lines as the stages wrote them, and colours are for terminals", async () => {
  const env = await localFleet();
  const { out } = await logs(["outbound", "--json", ...EVER], env);
  expect(out.map((line) => JSON.parse(line))).toMatchObject([
    { event: "reply-sent", duration_ms: 45, delay_ms: expect.any(Number) },
  ]);
  expect((await logs(["errors", ...EVER], env, true)).out[0]).toContain("\u001b[33m✗ webhook refused");
});

test("a running compose project is read through docker, of each replica its number", async () => {
  const { calls, ...env } = await fakes({ docker: { prefix: "brain-2  | ", fleet: true } });
  const { out } = await logs(["brain", "tool", "--since", "5m"], env);
  expect(out).toEqual([expect.stringMatching(/ brain-2 {4}tool check_availability: slots/)]);
  expect(await readFile(calls, "utf8")).toMatch(/docker compose .*logs --no-color --since 5m --follow brain$/m);
});

test("a fleet in Kubernetes is read through kubectl: where it is named, or where nothing runs here", async () => {
  const kubectl = { prefix: "[pod/brain-7c9d8-x2k4p/stage] ", fleet: true };
  const { calls, ...env } = await fakes({ docker: { prefix: "", fleet: false }, kubectl });
  const { out } = await logs(["errors", "--no-follow"], env);
  expect(out).toEqual([expect.stringContaining("webhook refused")]);
  await logs(["python", "-n", "skytide", "--context", "prod"], env);
  const [first, named] = (await readFile(calls, "utf8")).split("\n").filter((call) => call.includes(" logs "));
  expect(first).toContain("app.kubernetes.io/name in (ingest,media,brain,outbound,notifier)");
  expect(named).toMatch(/^kubectl --context prod --namespace skytide logs .*--since=10m .*\(brain\) --follow$/);
});

test("what fails says why in the words of its error, and a process that never started is heard, too", async () => {
  const env = await localFleet();
  const root = env.SKYTIDE_DATA_DIR ?? "";
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ service: "skytide-brain", stage: "brain", version: "0", level: "info", destination });
  const error = new RetryableError("openai-http-503", "The model does not answer.");
  log.error("attempt-failed", error, { attempt: 2, delayMs: 2_400 });
  log.warn("spend-ceiling-reached", { org: "a0000000-0000-4000-8000-000000000001" });
  await appendFile(join(root, "logs", "brain.log"), `${lines.join("")}skytide brain: wrong settings:\n`);
  const { out } = await logs(["errors", ...EVER], env);
  expect(out.slice(1)).toEqual([
    expect.stringMatching(/✗ attempt 2 failed: The model does not answer\. \(openai-http-503\); again in 2\.4 s/),
    expect.stringMatching(/spend ceiling reached +org a0000000-/),
    expect.stringContaining("skytide brain: wrong settings:"),
  ]);
});

test("what was called wrongly, and a fleet that is nowhere, say what to do", async () => {
  expect(await logs([])).toMatchObject({ code: 0, out: [expect.stringContaining("./logs.sh SERVICE [FILTER]")] });
  expect(await logs(["brian"])).toMatchObject({
    code: 2,
    notes: expect.stringContaining('no service "brian": ingest,'),
  });
  expect(await logs(["all", "--since", "yesterday"])).toMatchObject({ code: 2, notes: expect.stringContaining("10m") });
  expect(await logs(["all", "two", "words"])).toMatchObject({ code: 2, notes: expect.stringContaining("quotes") });
  const nowhere = { prefix: "", fleet: false };
  const env = await fakes({ docker: nowhere, kubectl: nowhere });
  expect(await logs(["all"], env)).toMatchObject({ code: 1, notes: expect.stringContaining("--namespace") });
});

test("the script itself runs from any folder", async () => {
  const script = join(import.meta.dirname, "..", "..", "..", "logs.sh");
  const run = await new Promise<{ stdout: string; error: unknown }>((resolve) =>
    execFile(script, ["--help"], { cwd: tmpdir() }, (error, stdout) => resolve({ stdout, error })),
  );
  expect(run).toEqual({ error: null, stdout: expect.stringContaining("errors") });
});
