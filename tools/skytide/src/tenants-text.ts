import type { Tenant } from "@skytide/store";
import { table } from "./table.ts";

/** The share of failed turns that is no accident. */
const BAD_SHARE = 0.05;
const MINUTE_MS = 60_000;

/** How bad it is: customers who get nothing weigh most, then those who wait, then what failed, then what somebody has to do. */
function troubleOf(tenant: Tenant): number {
  const { agentEnabled, blocked, waiting, failedTurns, turns, failedSends, openEscalations, paused } = tenant;
  const share = turns === 0 ? 0 : failedTurns / turns;
  return (
    (agentEnabled && blocked.length > 0 ? 1_000_000 : 0) +
    (share >= BAD_SHARE ? 100_000 * share : 0) +
    1_000 * Math.min(waiting, 99) +
    100 * Math.min(failedTurns + failedSends, 9) +
    (paused.length > 0 ? 50 : 0) +
    Math.min(openEscalations, 49)
  );
}

/** The worst first; among those without trouble, who was heard last. */
export function byTrouble(tenants: readonly Tenant[]): Tenant[] {
  const heard = ({ lastMessageAt }: Tenant) => (lastMessageAt === null ? 0 : Date.parse(lastMessageAt));
  return tenants.toSorted((one, other) => troubleOf(other) - troubleOf(one) || heard(other) - heard(one));
}

const HEADINGS = [
  ...["ORGANIZATION", "AGENT", "LAST IN", "LAST OUT", "WAITING", "TURNS", "FAILED"],
  ...["ERRORS", "UNSENT", "HAND-OFFS", "BLOCKED", "ID"],
];

/** The table, and how many it leaves out. */
export function tenantsText(shown: readonly Tenant[], all: readonly Tenant[], now: Date): string {
  const rows = shown.map((tenant) => [
    tenant.name.length > 28 ? `${tenant.name.slice(0, 27)}…` : tenant.name,
    agentOf(tenant),
    agoOf(tenant.lastMessageAt, now),
    agoOf(tenant.lastReplyAt, now),
    tenant.waiting === 0 ? "0" : `${tenant.waiting} since ${agoOf(tenant.waitingSince, now)}`,
    tenant.turns,
    tenant.failedTurns,
    tenant.turns === 0 ? "–" : `${((100 * tenant.failedTurns) / tenant.turns).toFixed(1)} %`,
    tenant.failedSends,
    tenant.openEscalations,
    tenant.blocked.join(", ") || "–",
    tenant.organizationId,
  ]);
  const troubled = all.filter((tenant) => troubleOf(tenant) > 0).length;
  const hidden = all.length - shown.length;
  const sum = `${all.length} organizations, ${troubled} with something to look at; counts of the last 24 hours.`;
  return [table(HEADINGS, rows), "", hidden > 0 ? `${sum} ${hidden} more: --all.` : sum].join("\n");
}

function agentOf({ agentEnabled, draftMode, paused }: Tenant): string {
  if (!agentEnabled) return "off";
  if (paused.includes("org")) return "PAUSED";
  if (paused.length > 0) return "paused in part";
  return draftMode ? "drafts" : "on";
}

/** `3 min`, `5 h`, `12 d`: how long ago. */
function agoOf(instant: string | null, now: Date): string {
  if (instant === null) return "never";
  const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(instant)) / MINUTE_MS));
  if (minutes < 1) return "now";
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}
