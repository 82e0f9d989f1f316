import { existsSync, writeFileSync } from "node:fs";

/** The places at which a kill test may stop a process (`SKYTIDE_CRASH_AT`). */
export const CRASH_POINTS = [
  "after_claim_before_send",
  "after_send_before_record",
  "after_effect_before_ack",
  "after_publish_before_ack",
  "before_commit",
  "after_commit_before_ack",
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/**
 * Kills the process here (SIGKILL, nothing is tidied up) when `SKYTIDE_CRASH_AT` names this point, `before_commit`, or this
 * point of one worker, `outbound:after_effect_before_ack`: once, the file `SKYTIDE_CRASH_MARKER` remembers that it happened.
 */
export function crashPoint(name: CrashPoint, worker?: string): void {
  const wanted = process.env.SKYTIDE_CRASH_AT;
  const marker = process.env.SKYTIDE_CRASH_MARKER;
  if (wanted === undefined || marker === undefined) return;
  if (wanted !== name && wanted !== `${worker}:${name}`) return;
  if (existsSync(marker)) return;
  writeFileSync(marker, `${wanted}\n`);
  process.kill(process.pid, "SIGKILL");
}
