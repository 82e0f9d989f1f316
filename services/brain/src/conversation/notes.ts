import { derivedEventId } from "@skytide/events";
import { furtherAvailabilityOf, withDetails, withOffer, withOtherTimes, withSlotWished } from "./booking.ts";
import { withAppointment, withAppointmentNamed, withChange, withReminded } from "./changes.ts";
import type { Payload } from "./decisions.ts";
import { outputOf } from "./effects.ts";
import { type Booking, type Context, type Heard, type Proposal, toHeard } from "./memory.ts";
import { withName } from "./names.ts";
import { appointmentInHand, asShown, isForNewBooking, subjectOf } from "./own-appointments.ts";
import { serviceOf } from "./services.ts";
import type { MachineEvent } from "./types.ts";

interface Args {
  context: Context;
  event: MachineEvent;
}
type Note = (args: Args) => Partial<Context>;
type Wish = Pick<Payload<"book"> & Payload<"change_appointment">, "also_asks" | "service_id">;

function changed(context: Context, change: (booking: Booking) => Booking | null): Partial<Context> {
  return context.booking === null ? {} : { booking: change(context.booking), proposal: null };
}

/** A proposal shown in this turn. Shown again it stays the same one, so that its buttons and its idempotency key hold. */
function proposed(context: Context, kind: Proposal["kind"], subject: string, slot: Proposal["slot"] = null) {
  const turnId = context.facts?.turnId ?? "";
  const { proposal } = context;
  const same = proposal?.kind === kind && proposal.subject === subject;
  const id = same ? proposal.id : derivedEventId("proposal", turnId, kind, subject);
  return { proposal: { id, kind, subject, slot, shownInTurn: turnId, unseen: false } };
}

function heardNow(context: Context, heard: Heard): Partial<Context> {
  return {
    heard,
    heardCount: context.heardCount + 1,
    language: heard.language ?? context.language,
    nudged: false,
  };
}

/** The appointment as it is now: moved meanwhile, it is another proposal. */
function appointmentProposed(context: Context, kind: "cancellation" | "confirmation") {
  const appointment = appointmentInHand(context);
  const slot = appointment && asShown(appointment);
  return proposed(context, kind, appointment === null ? "" : subjectOf(appointment), slot);
}

/** The question that stood beside a wish; it is about the service wished for, where it names none. */
function askedBeside(context: Context, { also_asks: text, service_id: serviceId }: Wish): Partial<Context> {
  return text == null ? {} : { question: { text, serviceId: serviceId ?? context.topic, passages: [] } };
}

/** Everything that the chart takes note of; pure. Named by what is known afterwards. */
export const notes = {
  facts: ({ event }) => (event.type === "turn.began" ? { facts: event.facts } : {}),
  words: ({ context, event }) =>
    event.type === "customer.said" ? heardNow(context, toHeard(event.said, context.facts?.turnId ?? "")) : {},
  /** The words are used up: the next move is the customer's. */
  nothingHeard: ({ context }) => ({ heard: null, booking: context.booking && { ...context.booking, remark: null } }),
  missed: ({ context: { missed, heardCount } }) => ({
    missed: { at: heardCount, inARow: missed.at === heardCount - 1 ? missed.inARow + 1 : 1 },
  }),

  details: ({ context, event }) =>
    event.type === "agent.book"
      ? {
          booking: withDetails(context, event),
          change: isForNewBooking(context, event) ? null : context.change,
          proposal: null,
          reminders: null,
          ...askedBeside(context, event),
        }
      : {},
  guessAccepted: ({ context }) =>
    changed(context, (booking) => ({ ...booking, serviceId: booking.guesses[0] ?? null, guesses: [] })),
  noService: ({ context }) => changed(context, (booking) => ({ ...booking, serviceId: null, guesses: [] })),
  assessmentAccepted: ({ context }) =>
    changed(context, (booking) => ({
      ...booking,
      serviceId: serviceOf(context, booking.serviceId)?.assessmentServiceId ?? null,
    })),
  noMember: ({ context }) => changed(context, (booking) => ({ ...booking, memberId: null })),
  noDay: ({ context }) =>
    changed(context, (booking) => ({ ...booking, ...NO_OFFER, day: null, time: null, passedOver: [] })),
  offer: ({ context, event }) => offered(context, event),
  alternatives: ({ context, event }) => {
    const { from, to } = furtherAvailabilityOf(context);
    const { booking, ...rest } = offered(context, event);
    return { ...rest, booking: booking ? { ...booking, slot: null, day: { from, to } } : null };
  },
  chosenSlot: ({ context, event }) =>
    changed(context, (booking) => ({
      ...booking,
      slot: booking.slots.find(({ id }) => event.type === "agent.choose_slot" && id === event.slot_id) ?? null,
    })),
  /** The database is asked again for exactly the slot that was chosen, proposed, or is on the table. */
  sameSlotAgain: ({ context, event }) =>
    changed(context, (booking) => {
      const chosen = event.type === "agent.choose_slot" ? event.slot_id : null;
      const slot = booking.slots.find(({ id }) => id === chosen) ?? booking.slot;
      return slot === null ? booking : withSlotWished(booking, slot);
    }),
  otherTimes: ({ context, event }) =>
    changed(context, (booking) =>
      withOtherTimes(
        booking,
        event.type === "agent.other_times" && event.direction !== "other_day" ? event.direction : "more",
      ),
    ),
  slotGone: ({ context }) => changed(context, (booking) => ({ ...booking, ...NO_OFFER })),
  name: ({ context, event }) => (event.type === "agent.give_name" ? { booking: withName(context, event) } : {}),
  noBooking: () => ({ booking: null, proposal: null, topic: null }),
  booked: ({ event }) => {
    const output = outputOf("book_appointment", event);
    const reminders = output.kind === "booked" ? { contactId: output.contactId, answer: null } : null;
    return { booking: null, proposal: null, topic: null, reminders };
  },

  change: ({ context, event }) =>
    event.type === "agent.change_appointment"
      ? { ...withChange(context, event), reminders: null, ...askedBeside(context, event) }
      : {},
  /** What a reminder's button asks for, of exactly its appointment. */
  reminded: ({ context, event }) =>
    event.type === "customer.tapped_reminder" ? { ...withReminded(context, event), reminders: null } : {},
  appointmentNamed: ({ context, event }) => (event.type === "agent.book" ? withAppointmentNamed(context, event) : {}),
  chosenAppointment: ({ context, event }) =>
    event.type === "agent.choose_appointment" ? withAppointment(context, event.appointment_id) : {},
  noChange: () => ({ change: null, booking: null, proposal: null }),
  cancellationProposed: ({ context }) => appointmentProposed(context, "cancellation"),
  confirmationProposed: ({ context }) => appointmentProposed(context, "confirmation"),
  /** The new time is looked for as the appointment is now. */
  serviceAsNow: ({ context }) =>
    changed(context, (booking) => ({
      ...booking,
      ...NO_OFFER,
      passedOver: [],
      serviceId: appointmentInHand(context)?.serviceId ?? null,
    })),
  moveProposed: ({ context }) => {
    const slot = context.booking?.slot ?? null;
    return proposed(context, "move", [context.change?.appointmentId, slot?.startsAt, slot?.memberId].join(" "), slot);
  },

  bookingProposed: ({ context }) => {
    const { serviceId = null, slot = null } = context.booking ?? {};
    return proposed(context, "booking", [serviceId, slot?.startsAt, slot?.memberId].join(" "), slot);
  },
  serviceProposed: ({ context }) => proposed(context, "service", context.booking?.guesses[0] ?? ""),
  assessmentProposed: ({ context }) => proposed(context, "assessment", context.booking?.serviceId ?? ""),
  personProposed: ({ context }) => proposed(context, "person", context.handoffReason ?? ""),
  remindersProposed: ({ context }) => ({
    ...proposed(context, "reminders", context.reminders?.contactId ?? ""),
    remindersAsked: true,
  }),
  remindersOn: ({ context }) => ({
    reminders: context.reminders && { ...context.reminders, answer: "opt_in" as const },
  }),
  remindersOff: ({ context }) => ({
    reminders: context.reminders && { ...context.reminders, answer: "opt_out" as const },
  }),
  /** Whatever else the customer begins, the question is not asked again. */
  remindersLeft: () => ({ reminders: null }),
  noReminders: ({ context }) => {
    const contactId = context.reminders?.contactId ?? context.facts?.contact?.id ?? "";
    return { reminders: { contactId, answer: "opt_out" as const }, remindersAsked: true, proposal: null };
  },
  remindersSettled: () => ({ reminders: null, proposal: null }),

  question: ({ context, event }) =>
    event.type === "agent.ask_knowledge"
      ? {
          question: { text: event.question, serviceId: event.service_id, passages: [] },
          topic: event.service_id ?? context.topic,
        }
      : {},
  passages: ({ context, event }) => ({
    question: context.question && { ...context.question, passages: outputOf("search_knowledge", event).passages },
  }),
  noQuestion: () => ({ question: null }),

  personAsked: () => ({ handoffReason: "user_asked" as const, reminders: null }),
  personNeeded: () => ({ handoffReason: "low_confidence" as const }),
  outOfScope: () => ({ handoffReason: "policy" as const }),
  toolFailed: () => ({ handoffReason: "tool_failure" as const }),
  personDeclined: () => ({ handoffReason: null, proposal: null }),
  escalation: ({ event }) => ({ escalationId: outputOf("raise_escalation", event).escalationId, proposal: null }),
  noEscalation: () => ({ escalationId: null, handoffReason: null }),
  proposalUnseen: ({ context }) => ({ proposal: context.proposal && { ...context.proposal, unseen: true } }),
  noProposal: () => ({ proposal: null }),
  nudged: () => ({ nudged: true }),
  /** A person goes on from here: what was being arranged is theirs. */
  silence: () => ({
    booking: null,
    change: null,
    proposal: null,
    question: null,
    reminders: null,
    heard: null,
  }),
} satisfies Record<string, Note>;

const NO_OFFER = { slots: [], checkedAt: null, slot: null };

function offered(context: Context, event: MachineEvent): { booking: Booking | null; offerCount: number } {
  const output = outputOf("check_availability", event);
  const free = output.kind === "slots" ? output.slots : [];
  return { booking: withOffer(context, free), offerCount: context.offerCount + 1 };
}

export type NoteName = keyof typeof notes;
