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
 * Kills the process here (SIGKILL, nothing is tidied up) when `SKYTIDE_CRASH_AT` names this point: once, the file
 * `SKYTIDE_CRASH_MARKER` remembers that it happened. For tests of what a crash leaves behind.
 */
export function crashPoint(name: CrashPoint): void {
  if (process.env.SKYTIDE_CRASH_AT !== name) return;
  const marker = process.env.SKYTIDE_CRASH_MARKER;
  if (marker === undefined || existsSync(marker)) return;
  writeFileSync(marker, `${name}\n`);
  process.kill(process.pid, "SIGKILL");
}
