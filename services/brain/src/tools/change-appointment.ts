import { z } from "zod";
import type { EffectOutput } from "../conversation/index.ts";
import type { Tool } from "./tool.ts";

interface OwnAppointment {
  organizationId: string;
  chatIdentityId: string;
  appointmentId: string;
}
type Changed =
  | {
      kind: "done";
      appointment: {
        id: string;
        serviceName: string | null;
        memberName: string | null;
        date: string;
        startTime: string;
      };
    }
  | { kind: "refused"; code: string };

export interface ChangeAppointmentDeps {
  cancelAppointment(request: OwnAppointment): Promise<Changed>;
  confirmAppointment(request: OwnAppointment): Promise<Changed>;
  rescheduleAppointment(
    request: OwnAppointment & { startsAt: string; memberId: string | null; idempotencyKey: string },
  ): Promise<Changed>;
}

const ownSchema = z.strictObject({ appointmentId: z.string().min(1) });
const moveSchema = z.strictObject({
  proposalId: z.string().min(1),
  appointmentId: z.string().min(1),
  memberId: z.string().min(1),
  startsAt: z.string().min(1),
});

/** Cancels the customer's own appointment; cancelled already, it is done. */
export function createCancelAppointment(store: ChangeAppointmentDeps): Tool {
  return {
    acts: true,
    async perform(input, { organizationId, chatIdentityId }): Promise<EffectOutput<"cancel_appointment">> {
      const { appointmentId } = ownSchema.parse(input);
      return committed(await store.cancelAppointment({ organizationId, chatIdentityId, appointmentId }));
    },
  };
}

/** Confirms the customer's own appointment; confirmed already, it is done. */
export function createConfirmAppointment(store: ChangeAppointmentDeps): Tool {
  return {
    acts: true,
    async perform(input, { organizationId, chatIdentityId }): Promise<EffectOutput<"confirm_appointment">> {
      const { appointmentId } = ownSchema.parse(input);
      return committed(await store.confirmAppointment({ organizationId, chatIdentityId, appointmentId }));
    },
  };
}

/** Moves the customer's own appointment to the time that got the yes; the proposal's id is the idempotency key. */
export function createRescheduleAppointment(store: ChangeAppointmentDeps): Tool {
  return {
    acts: true,
    async perform(input, { organizationId, chatIdentityId }): Promise<EffectOutput<"reschedule_appointment">> {
      const { proposalId, appointmentId, memberId, startsAt } = moveSchema.parse(input);
      const answer = await store.rescheduleAppointment({
        organizationId,
        chatIdentityId,
        appointmentId,
        memberId,
        startsAt,
        idempotencyKey: proposalId,
      });
      return committed(answer);
    },
  };
}

/** What the chart is told: the committed row, or the refusal's code. */
function committed(answer: Changed): EffectOutput<"cancel_appointment"> {
  if (answer.kind === "refused") return { kind: "refused", code: answer.code };
  const { id, serviceName, memberName, date, startTime } = answer.appointment;
  return { kind: "done", appointment: { id, serviceName, memberName, date, startTime } };
}
