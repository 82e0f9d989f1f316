import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BookedRow, readBookings } from "./bookings.ts";
import { converse } from "./converse.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { FleetError } from "./fleet-error.ts";
import { createProgressView } from "./progress.ts";
import { onStopSignals } from "./stop-signals.ts";

const CUSTOMER = { app: "AuroraDemo", phone: "573001110001", organizationId: "a0000000-0000-4000-8000-000000000001" };

/** Short waits, and nothing of this machine's settings: the demo runs on its stand-ins. */
const DEMO_ENV = { DEBOUNCE_MS: "600", DEBOUNCE_MAX_MS: "3000", LOG_LEVEL: "info" };
const KEPT = ["PATH", "HOME", "TMPDIR", "LANG", "NODE_COMPILE_CACHE"];

/** Plays one booking through a whole fleet; ends with 0 only if the appointment is in the database, once. */
export async function runDemo(): Promise<void> {
  const began = performance.now();
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-demo-"));
  const stopping = new AbortController();
  let fleet: Fleet | undefined;
  void onStopSignals({ first: () => stopping.abort(), second: () => fleet?.killAll() });
  const progress = createProgressView(process.stdout);
  let isUp = false;
  console.log("Skytide demo: a booking through the whole fleet, on simulators of WhatsApp and the models.\n");

  let code = 1;
  try {
    fleet = await startFleet({
      dataDir,
      ports: "free",
      env: { ...pick(process.env, KEPT), ...DEMO_ENV },
      signal: stopping.signal,
      onProgress: (one) => isUp || progress.report(one),
    });
    isUp = true;
    progress.settle();
    code = await play(fleet, stopping.signal);
  } catch (error) {
    progress.settle();
    if (!stopping.signal.aborted) console.error(`\n${sayError(error)}`);
  }
  await fleet?.stop();
  if (code === 0) await rm(dataDir, { recursive: true, force: true });
  else console.error(`\nWhat the processes wrote is in ${join(dataDir, "logs")}`);
  console.log(`\nTotal: ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  process.exit(code);
}

async function play(fleet: Fleet, signal: AbortSignal): Promise<number> {
  console.log("\n── Laura writes to Aurora Estética on WhatsApp ──\n");
  await converse({ simulatorsUrl: fleet.urls.simulators, ...CUSTOMER, print: (line) => console.log(line), signal });
  const rows = await readBookings(fleet, CUSTOMER);
  console.log("\n── In the database ──\n");
  for (const row of rows) console.log(describeRow(row));
  if (rows.length === 1) return 0;
  console.error(
    rows.length === 0 ? "There is no appointment." : `There are ${rows.length} appointments instead of one.`,
  );
  return 1;
}

function describeRow({ id, service, member, customer, date, start, end, status }: BookedRow): string {
  return `  appointments ${id}\n    ${service} with ${member} for ${customer}\n    ${date}, ${start}–${end}, ${status}`;
}

function sayError(error: unknown): string {
  if (error instanceof FleetError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
