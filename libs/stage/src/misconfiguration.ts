import type { Bus } from "@skytide/bus";
import type { TenantConfigError } from "@skytide/errors";
import { derivedEventId, type OrganizationMisconfigured, operationsSubject, type Stage } from "@skytide/events";
import type { BlockedReason, Metrics } from "@skytide/telemetry";

/** An organization is told once in this time about one setting. */
const WINDOW_MS = 60 * 60_000;

const REASON_OF_CODE: readonly (readonly [RegExp, BlockedReason])[] = [
  [/wallet|balance|credit-|funds/, "no_wallet"],
  [/template/, "template_rejected"],
  [/credential|key|token|unauthori[sz]ed|forbidden|auth/, "bad_credentials"],
];

interface Deps {
  stage: Stage;
  metrics: Metrics;
  bus: Bus;
  clock(): Date;
}

/** Publishes `organization.misconfigured` once per window and keeps the gauge of blocked organizations. */
export function createMisconfigurationReporter({ stage, metrics, bus, clock }: Deps) {
  /** What was said in which window, so that a thousand messages of one organization are one publish. */
  const said = new Map<string, number>();
  const blocked = new Map<string, { reason: BlockedReason; timer: NodeJS.Timeout }>();

  const clear = (organizationId: string) => {
    const entry = blocked.get(organizationId);
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    blocked.delete(organizationId);
    metrics.orgBlocked.clear(organizationId, entry.reason);
  };

  return {
    async report(error: TenantConfigError): Promise<void> {
      const { organizationId, code, setting } = error;
      clear(organizationId);
      const reason = REASON_OF_CODE.find(([pattern]) => pattern.test(code))?.[1] ?? "misconfigured";
      const timer = setTimeout(() => clear(organizationId), WINDOW_MS).unref();
      blocked.set(organizationId, { reason, timer });
      metrics.orgBlocked.set(organizationId, reason);

      const window = Math.floor(clock().getTime() / WINDOW_MS);
      const key = [organizationId, code, setting].join("\n");
      if (said.get(key) === window) return;
      const event = toEvent(stage, error, window, clock());
      await bus.publishOperation(event.subject, event, event.id);
      for (const [old, at] of said) if (at < window) said.delete(old);
      said.set(key, window);
    },
    /** A message of the organization ended well: it is not blocked any more. */
    cured: clear,
    close() {
      for (const organizationId of [...blocked.keys()]) clear(organizationId);
    },
  };
}

function toEvent(stage: Stage, error: TenantConfigError, window: number, now: Date): OrganizationMisconfigured {
  const { organizationId, code, setting } = error;
  return {
    specversion: "1.0",
    id: derivedEventId("misconfigured", organizationId, stage, code, setting, window),
    type: "organization.misconfigured",
    source: `skytide/${stage}`,
    time: now.toISOString(),
    subject: operationsSubject(organizationId, "misconfigured"),
    dataschema: "skytide/organization.misconfigured/v1",
    org: organizationId,
    data: { stage, code, setting },
  };
}
