import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { STAGES, type Stage } from "@skytide/events";
import { readBookings } from "../../tools/fleet/bookings.ts";
import { converse } from "../../tools/fleet/converse.ts";
import type { MountedImage } from "./container.ts";
import { slowDown, startLoad } from "./load.ts";
import type { Report } from "./report.ts";
import { inHand, type StageContainer, startStageContainer } from "./stage-containers.ts";
import { type Surroundings, startSurroundings } from "./surroundings.ts";

const AURORA = { app: "AuroraDemo", phone: "573001110001", organizationId: "a0000000-0000-4000-8000-000000000001" };
const BUSY_WITHIN_MS = 30_000;
const CONVERSATION_WITHIN_MS = 120_000;

type Running = Map<Stage, StageContainer>;

/** Runs the fleet from its images as docker-compose.yml would: ready, healthy, a booking, the command line, and the end of each stage. */
export async function checkFleet(images: ReadonlyMap<string, MountedImage>, report: Report): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const image = (name: string): MountedImage => {
    const found = images.get(name);
    if (found === undefined) throw new Error(`the image ${name} was not built`);
    return found;
  };
  const around = await report.row("accounts and streams by the tools' image", async () => {
    const started = await startSurroundings({ tools: image("tools"), simulators: image("simulators") }, stack);
    return {
      seen: `nats.conf of compose, ${started.redis ? "Redis" : "no Redis here: JetStream KV instead"}`,
      value: started,
    };
  });
  const running: Running = new Map();
  stack.defer(async () => {
    await Promise.all([...running.values()].map(({ container }) => container.stop()));
  });
  const start = async (stage: Stage) => {
    const started = await startStageContainer(stage, image(stage), around);
    running.set(stage, started);
    return started;
  };
  for (const stage of STAGES) {
    await report.row(`${stage}: ready, healthy, skytide`, async () => {
      const started = await start(stage);
      await started.checkHealth();
      await checkCommandLine(started, around);
      const megabytes = await started.container.residentMegabytes();
      return { seen: `ready after ${seconds(started.readyMs)}, ${megabytes} MB resident` };
    });
  }
  await report.row("an appointment is booked through all containers", () => book(around));
  await report.row("SIGTERM while idle", async () => ({ seen: await endEach(running, start, async () => 0) }));
  await report.row("SIGTERM while busy", () => endBusy(around, running, start));
}

/** What `kubectl exec` would do in each image. */
async function checkCommandLine({ container }: StageContainer, { where, keys }: Surroundings): Promise<void> {
  const help = await container.exec("skytide", "--help");
  if (!help.includes("Usage: skytide")) throw new Error(`skytide --help said:\n${help}`);
  const operator = parseEnv(readFileSync(join(keys, "operator.env"), "utf8"));
  const settings = Object.entries({ ...operator, NATS_URL: where["nats://nats:4222"] }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const lag = await container.exec("env", ...settings, "skytide", "lag");
  for (const word of ["brain", "outbound", "pending"])
    if (!lag.toLowerCase().includes(word)) throw new Error(`skytide lag said:\n${lag}`);
}

async function book({ simulatorsUrl, database }: Surroundings) {
  const signal = AbortSignal.timeout(CONVERSATION_WITHIN_MS);
  await converse({ simulatorsUrl, app: AURORA.app, phone: AURORA.phone, print: () => {}, signal });
  const fleet = { urls: { database: database.url }, serviceRoleKey: database.serviceRoleKey };
  const [booked, ...more] = await readBookings(fleet, AURORA);
  if (booked === undefined || more.length > 0)
    throw new Error(`${more.length + (booked ? 1 : 0)} appointments are booked, not one.`);
  return { seen: `${booked.service}, ${booked.status}` };
}

/** Ends and restarts each stage in turn; `before` waits for the moment and tells how much the stage had in hand. */
async function endEach(
  running: Running,
  start: (stage: Stage) => Promise<StageContainer>,
  before: (stage: StageContainer) => Promise<number>,
): Promise<string> {
  const seen: string[] = [];
  for (const [stage, one] of [...running]) {
    const held = await before(one);
    const { ms, code } = await one.container.stop();
    running.delete(stage);
    if (code !== 0) throw new Error(`${stage} ended with ${code}:\n${one.container.log().slice(-1_500)}`);
    seen.push(`${stage} ${seconds(ms)}${held > 0 ? ` (${held} in hand)` : ""}`);
    await start(stage);
  }
  return seen.join(", ");
}

async function endBusy(around: Surroundings, running: Running, start: (stage: Stage) => Promise<StageContainer>) {
  await slowDown(around.simulatorsUrl);
  const load = startLoad(around.simulatorsUrl);
  const ended = await endEach(running, start, untilBusy).finally(() => slowDown(around.simulatorsUrl, 0));
  const { customers, unanswered, doubled } = await load.end();
  if (unanswered > 0 || doubled > 0)
    throw new Error(`${ended}\n${unanswered} of ${customers} customers got no answer, ${doubled} got one twice.`);
  return { seen: `${ended}; ${customers} customers wrote meanwhile, all answered, none twice` };
}

async function untilBusy(stage: StageContainer): Promise<number> {
  const deadline = performance.now() + BUSY_WITHIN_MS;
  for (;;) {
    const held = await inHand(stage);
    if (held > 0 || performance.now() > deadline) return held;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
