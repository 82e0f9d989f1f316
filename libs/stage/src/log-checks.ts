import { type Bus, judgeServer, SERVER_LEAST } from "@skytide/bus";
import { PermanentError } from "@skytide/errors";
import type { Stage } from "@skytide/events";
import { NotWell } from "./health.ts";
import type { Health } from "./stage-types.ts";

/** More makes timers and deadlines noticeably early or late. */
const CLOCK_OFF_MS = 5_000;
/** The server's codes for a consumer and a stream that it does not have. */
const MISSING: readonly string[] = ["jetstream-10014", "jetstream-10059"];

const CREATE_IT = "Create what is missing: skytide streams apply --yes (in Kubernetes the Job provision does it).";
const FULL_DISK =
  "Is the disk of NATS full? skytide doctor tells. Make room, then restart that nats-server: a stream that met a full disk takes nothing until then.";

interface Deps {
  stage: Stage;
  bus: Bus;
  clock(): Date;
  /** Writes in a row that the log did not confirm. */
  unconfirmed(): number;
}

/** Whether the stage is connected to NATS: from the first moment on, also while it waits for it. */
export function checkConnection(health: Health, connected: () => boolean): void {
  health.check(
    "nats",
    async () => {
      if (!connected()) throw new NotWell("not connected");
    },
    "Does a nats-server run at NATS_URL, and may this pod reach it? The stage connects again by itself.",
  );
}

/** The checks of the log that every stage has: of a version that we can use, with its stream, writing, on our time. */
export function checkLog(health: Health, { stage, bus, clock, unconfirmed }: Deps): void {
  // Ingest needs no batches: it goes on taking messages in, so it is only told.
  const register = stage === "ingest" ? health.report : health.check;
  register("nats version", async () => {
    const version = bus.serverVersion();
    if (judgeServer(version) !== "too-old") return version;
    throw new NotWell(`nats-server ${version}`, `Upgrade NATS to ${SERVER_LEAST} or later: turns cannot be committed.`);
  });
  health.check("stream CONVERSATIONS", async () => {
    await orMissing("the stream CONVERSATIONS", () => bus.streamInfo("CONVERSATIONS"));
  });
  health.report(
    "writes",
    async () => {
      const count = unconfirmed();
      if (count > 0) throw new NotWell(`the log did not confirm the last ${count === 1 ? "write" : `${count} writes`}`);
    },
    FULL_DISK,
  );
  health.report("clock", () => compareClocks(bus, clock), "Synchronize the clocks (NTP): timers fire by the log's.");
}

/** What an answer of the log says, or that the thing it asks for is missing and how it comes. */
export async function orMissing<Facts>(what: string, ask: () => Promise<Facts>): Promise<Facts> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof PermanentError) || !MISSING.includes(error.code)) throw error;
    throw new NotWell(`${what} is missing`, CREATE_IT);
  }
}

async function compareClocks(bus: Bus, clock: () => Date): Promise<string | undefined> {
  const began = clock().getTime();
  const { readAt } = await bus.streamInfo("CONVERSATIONS").catch((error: unknown) => {
    // Without the stream there is nothing to compare with, and its own check says so.
    if (error instanceof PermanentError) return { readAt: clock() };
    throw error;
  });
  const offMs = (began + clock().getTime()) / 2 - readAt.getTime();
  if (Math.abs(offMs) <= CLOCK_OFF_MS) return;
  throw new NotWell(`${Math.round(Math.abs(offMs) / 1_000)} s ${offMs < 0 ? "behind" : "ahead of"} the log's clock`);
}
