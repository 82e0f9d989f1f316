import type { Rate } from "./types.ts";

/**
 * The generic cell rate algorithm: a token bucket whose whole state is one time, the one at which the bucket will be full again.
 * The Redis script says the same in Lua.
 */
export function takeToken(
  fullAt: number,
  now: number,
  { tokens, perMs, burst }: Rate,
): { kind: "ok"; fullAt: number } | { kind: "wait"; ms: number } {
  const interval = perMs / tokens;
  const from = Math.max(fullAt, now);
  const ms = from - now - (burst - 1) * interval;
  return ms > 0 ? { kind: "wait", ms: Math.ceil(ms) } : { kind: "ok", fullAt: from + interval };
}
