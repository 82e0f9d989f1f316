import { spawn } from "node:child_process";
import { join } from "node:path";
import { type Fleet, startFleet } from "./fleet.ts";
import { FleetError } from "./fleet-error.ts";
import { ROOT } from "./parts.ts";
import { createProgressView } from "./progress.ts";
import { onStopSignals } from "./stop-signals.ts";

/** Starts the fleet, says where to look, and runs until it is told to stop. */
export async function runStart(): Promise<void> {
  loadDotEnv();
  // A terminal that was closed must not keep us from stopping in order.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  const began = performance.now();
  const progress = createProgressView(process.stdout);
  const stopping = new AbortController();
  let fleet: Fleet | undefined;
  const stopped = onStopSignals({
    first: () => {
      console.log("\nStopping. Once more Ctrl-C kills everything at once.");
      progress.settle();
      stopping.abort();
    },
    second: () => fleet?.killAll(),
  });

  console.log("Skytide is starting.\n");
  try {
    fleet = await startFleet({
      dataDir: process.env.SKYTIDE_DATA_DIR?.trim() || join(ROOT, ".skytide"),
      signal: stopping.signal,
      onProgress: progress.report,
    });
  } catch (error) {
    if (stopping.signal.aborted) process.exit(0);
    console.error(`\n${error instanceof FleetError ? error.message : sayUnexpected(error)}`);
    process.exit(1);
  }
  progress.settle();
  console.log(whereToLook(fleet, (performance.now() - began) / 1_000));
  if (fleet.standIns.gupshup) openBrowser(fleet.urls.webPhone);
  await stopped;
  await fleet.stop();
  process.exit(0);
}

/** What is set outside wins over `.env`. */
function loadDotEnv(): void {
  try {
    process.loadEnvFile(join(ROOT, ".env"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function sayUnexpected(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function whereToLook({ urls, logs, standIns }: Fleet, seconds: number): string {
  const admin = Object.entries(urls.admin).map(([name, url]) => `${name} ${url}`);
  return [
    `\nReady after ${seconds.toFixed(1)} s.\n`,
    standIns.gupshup ? `  Web phone   ${urls.webPhone}   (simulated WhatsApp: choose a customer and write)` : "",
    `  Webhooks    ${urls.webhook}`,
    `  Probes      /readyz, /livez and /metrics of ${admin.join(", ")}`,
    `  Database    ${urls.database}`,
    `  NATS        ${urls.nats}`,
    `  Logs        ${logs}`,
    "\nCtrl-C stops everything.\n",
  ]
    .filter(Boolean)
    .join("\n");
}

/** Only where somebody sits in front of a screen. */
function openBrowser(url: string): void {
  if (!process.stdout.isTTY || !(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)) return;
  spawn("xdg-open", [url], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}
