import { PermanentError, TenantConfigError } from "@skytide/errors";
import type { ConversationEvent, EventOf } from "@skytide/events";
import type { Deps, Escalation } from "./deps.ts";
import { giveUp, notify } from "./notify.ts";

/** One event as the worker hands it over. */
interface Delivery {
  event: ConversationEvent;
  signal: AbortSignal;
}

/** Tells staff about raised escalations; every other event of the lanes is passed over. */
export function createHandler(deps: Deps) {
  return async ({ event, signal }: Delivery): Promise<"ok" | "duplicate" | "skipped"> => {
    if (event.type !== "escalation.raised") return "skipped";
    const result = await notify(deps, toEscalation(event, signal));
    deps.crashPoint("after_publish_before_ack");
    if (result.kind === "closed") return "skipped";
    if (result.kind === "notified") return result.fresh ? "ok" : "duplicate";
    if (result.reason === "no_recipient")
      throw new TenantConfigError("no-recipient", "The organization has nobody to notify.", {
        organizationId: event.org,
        setting: "internal_notifications_config",
      });
    throw new PermanentError(result.reason.replaceAll("_", "-"), "Nobody could be notified of an escalation.");
  };
}

/** Says that nobody was reached, when the stage gives an escalation up. */
export function createGiveUp(deps: Deps) {
  return async ({ event, signal }: Delivery): Promise<void> => {
    if (event.type === "escalation.raised") await giveUp(deps, toEscalation(event, signal));
  };
}

function toEscalation(event: EventOf<"escalation.raised">, signal: AbortSignal): Escalation {
  const { turn, traceparent } = event;
  return { organizationId: event.org, escalationId: event.data.escalationId, turn, traceparent, signal };
}
