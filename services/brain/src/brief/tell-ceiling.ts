import type { Bus } from "@skytide/bus";
import { derivedEventId, type OrganizationSpendReached, operationsSubject } from "@skytide/events";
import type { Spend } from "@skytide/store";

/** Says on the operations stream that an organization's day has cost enough. */
export function tellCeilingIn(bus: Pick<Bus, "publishOperation">, now: () => Date) {
  return async (organizationId: string, { day, ceilingUsd, spentUsd }: Spend): Promise<void> => {
    const event: OrganizationSpendReached = {
      specversion: "1.0",
      id: derivedEventId("spend-reached", organizationId, day),
      type: "organization.spend_reached",
      source: "skytide/brain",
      time: now().toISOString(),
      subject: operationsSubject(organizationId, "spend"),
      dataschema: "skytide/organization.spend_reached/v1",
      org: organizationId,
      data: { day, ceilingUsd: ceilingUsd ?? 0, spentUsd },
    };
    await bus.publishOperation(event.subject, event, event.id);
  };
}
