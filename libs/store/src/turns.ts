import { z } from "zod";
import { type Platform, platformSchema } from "./connections.ts";
import { organizationSettingsSchema } from "./organization-settings.ts";
import type { Rpc } from "./rpc.ts";

const instant = z.iso.datetime({ offset: true });

export const appointmentStatusSchema = z.enum(["programada", "confirmada", "cancelada", "completada", "no_asistio"]);
export type AppointmentStatus = z.infer<typeof appointmentStatusSchema>;

const ownAppointmentSchema = z.object({
  id: z.uuid(),
  serviceId: z.uuid().nullable(),
  serviceName: z.string().nullable(),
  memberId: z.uuid().nullable(),
  memberName: z.string().nullable(),
  /** `YYYY-MM-DD` and `HH:MM`, the wall clock of the organization. */
  date: z.iso.date(),
  startTime: z.string(),
  endTime: z.string(),
  startsAt: instant,
  status: appointmentStatusSchema,
});
/** An active future appointment of the customer who is writing. */
export type OwnAppointment = z.infer<typeof ownAppointmentSchema>;

const serviceSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  durationMinutes: z.number().int(),
  priceCop: z.number(),
  isBookable: z.boolean(),
  requiresAssessment: z.boolean(),
  /** The assessment to offer first; null where the organization named none. */
  assessmentServiceId: z.uuid().nullable(),
  /** It requires an assessment that this customer has not completed: not bookable now. */
  needsAssessment: z.boolean(),
});
export type Service = z.infer<typeof serviceSchema>;

const organizationSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  timezone: z.string(),
  locale: z.string(),
  agentName: z.string().nullable(),
  tone: z.string().nullable(),
  instructions: z.string().nullable(),
  settings: organizationSettingsSchema,
});
export type Organization = z.infer<typeof organizationSchema>;

const turnFactsSchema = z.object({
  chatIdentityId: z.uuid(),
  botEnabled: z.boolean(),
  organization: organizationSchema,
  /** What the organization's model calls have cost today, as far as it was recorded. */
  spentTodayUsd: z.number(),
  contact: z.object({ id: z.uuid(), firstName: z.string(), lastName: z.string() }).nullable(),
  services: z.array(serviceSchema),
  members: z.array(z.object({ id: z.uuid(), name: z.string() })),
  appointments: z.array(ownAppointmentSchema),
  /** The customer's last word on WhatsApp notices; null: never asked. */
  consent: z.enum(["opt_in", "opt_out"]).nullable(),
  openEscalation: z.uuid().nullable(),
  /** An operator's pause holds the conversation: it gets its turn when that is over. */
  paused: z.boolean().default(false),
  /** The database's clock. */
  now: instant,
});
/** All that a turn needs to know before it thinks. */
export type TurnFacts = z.infer<typeof turnFactsSchema>;

const identitySchema = z.object({
  chatIdentityId: z.uuid(),
  platform: platformSchema,
  platformUserId: z.string(),
  phone: z.string().nullable(),
  contactId: z.uuid().nullable(),
  botEnabled: z.boolean(),
});
export type Identity = z.infer<typeof identitySchema>;

export interface TurnStart {
  organizationId: string;
  chat: string;
  platform: Platform;
  /** The phone, digits only, or the user id where there is no phone. */
  platformUserId: string;
  phone?: string | undefined;
  profileName?: string | undefined;
  /** When the customer last wrote (ISO); the 24-hour window counts from it even if the recorder lags. */
  lastMessageAt?: string | undefined;
}

export interface Turns {
  /** Finds or makes the identity and gives the turn's facts, in one round trip. */
  beginTurn(start: TurnStart): Promise<TurnFacts>;
  /** The identity behind a conversation, for a turn that only hand-off events started. */
  findIdentity(of: { organizationId: string; chat: string }): Promise<Identity | null>;
  /** The identity that a caller names; null where it is not the organization's. */
  findInvokedIdentity(of: { organizationId: string; chatIdentityId: string }): Promise<Identity | null>;
}

/** The functions of a turn's beginning. */
export function createTurns(rpc: Rpc): Turns {
  const found = z.object({ identity: identitySchema.nullable() });
  return {
    beginTurn: (start) =>
      rpc.call(
        "begin_turn",
        {
          p_organization_id: start.organizationId,
          p_chat: start.chat,
          p_platform: start.platform,
          p_platform_user_id: start.platformUserId,
          p_phone: start.phone,
          p_profile_name: start.profileName,
          p_last_message_at: start.lastMessageAt,
        },
        turnFactsSchema,
      ),
    findIdentity: async ({ organizationId, chat }) =>
      (await rpc.call("find_identity", { p_organization_id: organizationId, p_chat: chat }, found)).identity,
    findInvokedIdentity: async ({ organizationId, chatIdentityId }) => {
      const named = { p_organization_id: organizationId, p_chat_identity_id: chatIdentityId };
      return (await rpc.call("find_invoked_identity", named, found)).identity;
    },
  };
}
