import { z } from "zod";
import type { EffectOutput } from "../conversation/index.ts";
import type { Tool } from "./tool.ts";

export interface CheckAvailabilityDeps {
  checkAvailability(question: {
    organizationId: string;
    serviceId: string;
    from: string;
    to: string;
    memberId?: string | undefined;
    limit?: number | undefined;
    chatIdentityId?: string | undefined;
    exceptAppointmentId?: string | undefined;
  }): Promise<EffectOutput<"check_availability">>;
}

const inputSchema = z.strictObject({
  serviceId: z.string(),
  memberId: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  exceptAppointmentId: z.string().nullable(),
});

/** A week of quarter hours: the chart chooses among them. */
const MAX_SLOTS = 300;

/** Asks the database for the free starts of a service. */
export function createCheckAvailability(store: CheckAvailabilityDeps): Tool {
  return {
    acts: false,
    async perform(input, { organizationId, chatIdentityId }): Promise<EffectOutput<"check_availability">> {
      const { serviceId, memberId, from, to, exceptAppointmentId } = inputSchema.parse(input);
      return store.checkAvailability({
        organizationId,
        chatIdentityId,
        serviceId,
        from,
        to,
        memberId: memberId ?? undefined,
        exceptAppointmentId: exceptAppointmentId ?? undefined,
        limit: MAX_SLOTS,
      });
    },
  };
}
