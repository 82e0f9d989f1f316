import type { EventOf } from "@skytide/events";
import type { BlockedReason, Logger, Metrics } from "@skytide/telemetry";
import type { Deps } from "./deps.ts";
import { toReplySent } from "./reply-events.ts";
import { CLOCK_SKEW_MS } from "./uncertain-send.ts";

/** Enough to tell that something is wrong; the gauge stops here. */
const MOST = 1000;

interface UnknownSend {
  organizationId: string;
  chat: string | null;
  replyId: string;
  index: number;
  sequence: number;
  state: string;
  claimedAt: string;
}

interface Circuit {
  organizationId: string;
  code: string;
}

interface WatchDeps extends Pick<Deps, "sends" | "publish" | "prepare" | "now" | "metrics" | "repeats"> {
  listUnknown(request: { limit: number }): Promise<readonly UnknownSend[]>;
  listCircuits(): Promise<readonly Circuit[]>;
  readReply(sequence: number): Promise<{ event: EventOf<"reply.requested"> } | null>;
  orgBlocked: Metrics["orgBlocked"];
  log: Logger;
}

/** Looks at what is stored about sends, for all replicas: what waits for an operator, whose receipt came after all, which apps are blocked. */
export function createSendsWatch(deps: WatchDeps) {
  let blocked = new Map<string, BlockedReason>();
  return async (): Promise<void> => {
    try {
      const unknown = await deps.listUnknown({ limit: MOST });
      let found = 0;
      for (const send of unknown) if (send.state === "held" && (await reconcile(deps, send))) found += 1;
      deps.metrics.unknown.set({}, unknown.length - found);
      blocked = await showCircuits(deps, blocked);
      await deps.repeats?.look();
    } catch (error) {
      deps.log.error("sends-not-watched", error);
    }
  };
}

/** Watches until the stage closes. */
export function watchSends(look: () => Promise<void>, everyMs: number, stack: AsyncDisposableStack): void {
  void look();
  const timer = setInterval(look, everyMs);
  stack.defer(() => clearInterval(timer));
}

/** A receipt that came after the send was held settles it: nobody has to. */
async function reconcile(deps: WatchDeps, send: UnknownSend): Promise<boolean> {
  const { organizationId, chat, replyId, index, claimedAt } = send;
  if (chat === null) return false;
  const since = new Date(Date.parse(claimedAt) - CLOCK_SKEW_MS).toISOString();
  const receipt = await deps.sends.findUnmatchedReceipt({ organizationId, chat, since });
  if (receipt === null) return false;
  const { providerMessageId } = receipt;
  const original = await deps.readReply(send.sequence);
  const message =
    original?.event.id === replyId ? original.event.data.messages.flatMap(deps.prepare)[index] : undefined;
  await deps.sends.settle({ organizationId, chat, replyId, index, outcome: "accepted", providerMessageId });
  deps.metrics.uncertain.inc({ resolution: "found_later" });
  if (original && message)
    await deps.publish(toReplySent(original.event, { index, message, providerMessageId, resends: 0, at: deps.now() }));
  return true;
}

async function showCircuits(deps: WatchDeps, before: Map<string, BlockedReason>) {
  const circuits = await deps.listCircuits();
  const now = new Map(circuits.map(({ organizationId, code }) => [organizationId, reasonOf(code)] as const));
  for (const [organizationId, reason] of before)
    if (now.get(organizationId) !== reason) deps.orgBlocked.clear(organizationId, reason);
  for (const [organizationId, reason] of now) deps.orgBlocked.set(organizationId, reason);
  deps.metrics.circuits.set({}, circuits.length);
  return now;
}

function reasonOf(code: string): BlockedReason {
  if (/wallet|credit/.test(code)) return "no_wallet";
  return /key/.test(code) ? "bad_credentials" : "misconfigured";
}
