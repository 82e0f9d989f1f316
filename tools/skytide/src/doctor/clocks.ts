import type { Shell } from "../shell.ts";
import type { Found, Row } from "./finding.ts";

/** More makes timers and windows noticeably early or late. */
const CLOCK_OFF_MS = 5_000;
const ASK_WITHIN_MS = 5_000;

/** Compares this machine's clock with those that the fleet lives by. */
export function checkClocks(shell: Shell): Row[] {
  const group = "clocks";
  return [
    {
      ...{ group, check: "clock of the log", run: () => compare(() => timeOfLog(shell)) },
      advice: "Synchronize the clocks of this machine and of NATS (timedatectl, NTP): timers fire by the log's clock.",
    },
    {
      ...{ group, check: "clock of the database", run: () => compare(() => timeOfDatabase(shell)) },
      advice:
        "Synchronize the clocks (timedatectl, NTP): what is past and what is bookable goes by the stages' clocks.",
    },
  ];
}

interface Told {
  at: Date;
  /** How coarsely it is told. */
  grainMs: number;
}

async function compare(ask: () => Promise<Told | string>): Promise<Found> {
  const sentAt = Date.now();
  const told = await ask();
  if (typeof told === "string") return { state: "skipped", says: told };
  const aheadMs = (sentAt + Date.now()) / 2 - told.at.getTime();
  const offMs = Math.max(0, Math.abs(aheadMs) - told.grainMs);
  const seconds = Math.round(offMs / 1_000);
  if (offMs <= CLOCK_OFF_MS) return { state: "good", says: seconds === 0 ? "the same" : `${seconds} s apart` };
  return { state: "wrong", says: `this machine is ${seconds} s ${aheadMs > 0 ? "ahead" : "behind"}` };
}

async function timeOfLog(shell: Shell): Promise<Told | string> {
  const facts = await (await shell.bus().catch(() => undefined))?.streamInfo("CONVERSATIONS").catch(() => undefined);
  return facts === undefined ? "the log does not say its time" : { at: facts.readAt, grainMs: 0 };
}

/** Servers say their time with every answer, in whole seconds. */
async function timeOfDatabase(shell: Shell): Promise<Told | string> {
  const url = shell.env.SUPABASE_URL?.trim();
  if (!url) return "SUPABASE_URL is not set";
  const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_WITHIN_MS) }).catch(() => undefined);
  await answer?.body?.cancel();
  const at = new Date(answer?.headers.get("date") ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? "the database's server does not say its time" : { at, grainMs: 1_000 };
}
