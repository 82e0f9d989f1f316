import { createEvent, derivedEventId, type ReplyRequested } from "@skytide/events";
import type { Deps } from "./deps.ts";
import { unsentSummary } from "./texts.ts";

/** Asks for a person where a reply cannot reach the customer; once per time that the customer wrote. */
export async function escalate(
  deps: Pick<Deps, "sends" | "publish" | "now" | "metrics">,
  reply: ReplyRequested,
  code: string,
): Promise<void> {
  // A closing reply speaks of an escalation and must not raise the next one; for a reminder nobody waits.
  if (reply.data.closing || reply.data.reminder !== undefined) return;
  const { org: organizationId, chat } = reply;
  const raised = await deps.sends.escalateUnsent({ organizationId, chat, summary: unsentSummary(code) });
  if (raised === null) return;
  const { escalationId, raisedAt } = raised;
  await deps.publish(
    createEvent({
      ...{ type: "escalation.raised", source: "outbound", time: deps.now(), organizationId, chat },
      id: derivedEventId(escalationId, "raised"),
      turn: reply.turn,
      traceparent: reply.traceparent,
      data: { escalationId, reason: "error", raisedAt },
    }),
  );
  deps.metrics.escalations.inc({ reason: "error" });
}
