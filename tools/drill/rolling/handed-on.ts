import { DURABLES } from "@skytide/bus";
import type { Replaced } from "./deployment.ts";

/** What became of what a replica had when it was asked to end. */
export interface HandedOn {
  /** Finished and acknowledged after the SIGTERM. */
  finished: number;
  /** Given back after the SIGTERM. */
  givenBack: number;
  /** SIGTERM to another replica's receipt, of each message that was given back and received. */
  waits: number[];
  /** Given back and never seen by another replica. */
  missing: number;
  /** Neither finished nor given back: those wait for the ack wait. */
  forgotten: number;
}

const DURABLE_NAMES: ReadonlySet<string> = new Set(DURABLES.map(({ name }) => name));

/** Reads the taps: every delivery that was open at the SIGTERM, and who had it next. */
export function handedOnOf({ old, others, termAt }: Replaced): HandedOn {
  const key = ({ durable, sequence }: { durable: string; sequence: number }) => `${durable} ${sequence}`;
  const settled = new Map(
    old.passed.filter(({ kind }) => kind !== "delivered").map((one) => [`${key(one)} ${one.delivery}`, one] as const),
  );
  const result: HandedOn = { finished: 0, givenBack: 0, waits: [], missing: 0, forgotten: 0 };
  for (const one of old.passed) {
    // Readers of their own acknowledge nothing.
    if (one.kind !== "delivered" || !DURABLE_NAMES.has(one.durable)) continue;
    const end = settled.get(`${key(one)} ${one.delivery}`);
    if (end === undefined) result.forgotten += 1;
    else if (end.at < termAt) continue;
    else if (end.kind !== "given-back") result.finished += 1;
    else {
      result.givenBack += 1;
      const next = others
        .flatMap(({ passed }) => passed)
        .find((other) => other.kind === "delivered" && key(other) === key(one) && other.delivery > one.delivery);
      if (next) result.waits.push(next.at - termAt);
      else result.missing += 1;
    }
  }
  return result;
}
