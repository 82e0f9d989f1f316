import { z } from "zod";
import { availabilityOf, furtherAvailabilityOf } from "./booking.ts";
import { LANGUAGE_NAMES } from "./languages.ts";
import type { Context, Passage } from "./memory.ts";
import { slotSchema } from "./memory.ts";
import { esFormat } from "./texts/es-format.ts";
import { languageFor } from "./texts/index.ts";
import type { EffectKind, MachineEvent } from "./types.ts";

const appointmentSchema = z.object({
  id: z.string(),
  serviceName: z.string().nullable(),
  memberName: z.string().nullable(),
  date: z.string(),
  startTime: z.string(),
});
const refusedSchema = z.object({ kind: z.literal("refused"), code: z.string() });
const changedSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("done"), appointment: appointmentSchema }),
  refusedSchema,
]);

/** What each effect answers; whatever else comes back counts as a failure. */
export const effectOutputs = {
  check_availability: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("slots"), slots: z.array(slotSchema.omit({ id: true })) }),
    refusedSchema,
  ]),
  book_appointment: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("booked"),
      contactId: z.string(),
      appointment: appointmentSchema,
    }),
    refusedSchema,
  ]),
  cancel_appointment: changedSchema,
  confirm_appointment: changedSchema,
  reschedule_appointment: changedSchema,
  search_knowledge: z.object({ passages: z.array(z.object({ title: z.string(), content: z.string() })) }),
  phrase_answer: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("answer"), text: z.string().min(1) }),
    z.object({ kind: z.literal("none") }),
  ]),
  raise_escalation: z.object({ escalationId: z.string(), alreadyOpen: z.boolean() }),
  set_bot: z.object({}),
  record_consent: z.object({}),
} as const satisfies Record<EffectKind, z.ZodType>;

export type EffectOutput<Kind extends EffectKind> = z.infer<(typeof effectOutputs)[Kind]>;

export interface EffectInput {
  check_availability: ReturnType<typeof availabilityOf>;
  book_appointment: {
    /** The proposal that got the yes: the idempotency key. */
    proposalId: string;
    serviceId: string;
    memberId: string;
    startsAt: string;
    firstName: string | null;
    lastName: string | null;
  };
  cancel_appointment: { appointmentId: string };
  confirm_appointment: { appointmentId: string };
  reschedule_appointment: {
    /** The proposal that got the yes: the idempotency key. */
    proposalId: string;
    appointmentId: string;
    memberId: string;
    startsAt: string;
  };
  search_knowledge: { query: string; serviceId: string | null };
  phrase_answer: { question: string; passages: Passage[]; language: string };
  raise_escalation: { reason: "user_asked" | "low_confidence" | "policy" | "tool_failure"; summary: string };
  set_bot: { enabled: boolean; reason: "escalation" };
  record_consent: { contactId: string; type: "opt_in" | "opt_out"; proposalId: string };
}

/** The result that an effect's done-event carries; `chart.step` parsed it by the effect's schema. The chart's only cast. */
export function outputOf<Kind extends EffectKind>(_kind: Kind, event: MachineEvent): EffectOutput<Kind> {
  return (event as unknown as { output: EffectOutput<Kind> }).output;
}

type ContextOnly = { context: Context };
const MAX_SUMMARY = 300;

/** What each effect is told, from the context alone: no field comes straight from a model. */
export const effectInputs = {
  availability: ({ context }: ContextOnly): EffectInput["check_availability"] => availabilityOf(context),
  furtherAvailability: ({ context }: ContextOnly): EffectInput["check_availability"] => furtherAvailabilityOf(context),
  booking: ({ context: { booking, proposal, facts } }: ContextOnly): EffectInput["book_appointment"] => ({
    proposalId: proposal?.id ?? "",
    serviceId: booking?.serviceId ?? "",
    memberId: proposal?.slot?.memberId ?? "",
    startsAt: proposal?.slot?.startsAt ?? "",
    firstName: booking?.name?.first ?? facts?.contact?.firstName ?? null,
    lastName: booking?.name?.last ?? facts?.contact?.lastName ?? null,
  }),
  ownAppointment: ({ context: { change } }: ContextOnly): EffectInput["cancel_appointment"] => ({
    appointmentId: change?.appointmentId ?? "",
  }),
  move: ({ context: { change, proposal } }: ContextOnly): EffectInput["reschedule_appointment"] => ({
    proposalId: proposal?.id ?? "",
    appointmentId: change?.appointmentId ?? "",
    memberId: proposal?.slot?.memberId ?? "",
    startsAt: proposal?.slot?.startsAt ?? "",
  }),
  search: ({ context: { question } }: ContextOnly): EffectInput["search_knowledge"] => ({
    query: question?.text ?? "",
    serviceId: question?.serviceId ?? null,
  }),
  phrasing: ({ context }: ContextOnly): EffectInput["phrase_answer"] => ({
    question: context.question?.text ?? "",
    passages: passagesOf(context),
    language: LANGUAGE_NAMES[languageFor(context)],
  }),
  escalation: ({ context }: ContextOnly): EffectInput["raise_escalation"] => ({
    reason: context.handoffReason ?? "user_asked",
    summary: (context.heard?.text ?? "").slice(0, MAX_SUMMARY),
  }),
  botOff: (): EffectInput["set_bot"] => ({ enabled: false, reason: "escalation" }),
  consent: ({ context: { reminders, proposal } }: ContextOnly): EffectInput["record_consent"] => ({
    contactId: reminders?.contactId ?? "",
    type: reminders?.answer ?? "opt_out",
    proposalId: proposal?.id ?? "",
  }),
};

/** What an answer may rest on: what the search found, and the price list as a passage of its own. */
export function passagesOf({ facts, question }: Context): Passage[] {
  const services = (facts?.services ?? []).map(
    ({ name, description, durationMinutes, priceCop, requiresAssessment }) =>
      `${name}: ${durationMinutes} min${priceCop === null ? "" : `, ${esFormat.price(priceCop)}`}${requiresAssessment ? ", requiere valoración previa" : ""}${description === null ? "" : `. ${description}`}`,
  );
  const list = services.length === 0 ? [] : [{ title: "Servicios y precios", content: services.join("\n") }];
  const policies = facts?.organization.settings?.agentPolicies ?? null;
  const own = policies === null ? [] : [{ title: "Políticas", content: policies }];
  return [...(question?.passages ?? []), ...list, ...own];
}
