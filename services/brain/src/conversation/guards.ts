import { isOfferFresh, pickFrom } from "./booking.ts";
import { appointmentsNamed } from "./changes.ts";
import { outputOf, passagesOf } from "./effects.ts";
import { isPlainNo, isYesTo } from "./evidence.ts";
import type { Context, Proposal } from "./memory.ts";
import { isNameInWords } from "./names.ts";
import { checkOutgoing } from "./outgoing-check.ts";
import { appointmentInHand, ownAppointments } from "./own-appointments.ts";
import { bookableServices, namesAnotherService, serviceOf } from "./services.ts";
import type { Change, MachineEvent } from "./types.ts";
import { asksForPerson } from "./understand.ts";

interface Args {
  context: Context;
  event: MachineEvent;
}

function pickOf({ context, event }: Args) {
  const output = outputOf("check_availability", event);
  const { booking } = context;
  return output.kind === "slots" && booking ? pickFrom(context, output.slots, booking) : null;
}

const freeSlots = (args: Args) => pickOf(args)?.offer.length ?? 0;

/** Everything that decides a transition; pure, and named as it reads in the diagram. */
export const guards = {
  botIsOff: ({ event, context }: Args) =>
    event.type === "turn.began" ? !event.facts.botEnabled : context.facts?.botEnabled !== true,
  botIsOn: ({ event, context }: Args) =>
    event.type === "turn.began" ? event.facts.botEnabled : context.facts?.botEnabled !== false,

  isBooking: ({ context }: Args) => context.booking !== null,
  isChanging: ({ context }: Args) => context.change !== null,
  isBusy: ({ context }: Args) => context.booking !== null || context.change !== null,
  isCancelling: ({ context }: Args) => context.change?.kind === "cancel",
  isConfirming: ({ context }: Args) => context.change?.kind === "confirm",
  isMoving: ({ context }: Args) => context.change?.kind === "move",

  confirmsBooking: ({ context, event }: Args) =>
    isChangeOf(event, "confirm") && context.booking !== null && context.change === null,
  cancelsBooking: ({ context, event }: Args) =>
    isChangeOf(event, "cancel") &&
    context.booking !== null &&
    context.change === null &&
    ownAppointments(context).length === 0,
  hasNoAppointments: ({ context }: Args) => ownAppointments(context).length === 0,
  isAppointmentKnown: ({ context }: Args) => appointmentInHand(context) !== null,
  isAppointmentGone: ({ context }: Args) =>
    context.change?.appointmentId != null && appointmentInHand(context) === null,
  isConfirmedAlready: ({ context }: Args) => appointmentInHand(context)?.status === "confirmada",
  isOwnAppointment: ({ context, event }: Args) =>
    event.type === "agent.choose_appointment" &&
    context.change !== null &&
    ownAppointments(context).some(({ id }) => id === event.appointment_id),
  /** Details that fit one of the own appointments, where it is asked which is meant. */
  namesAppointment: ({ context, event }: Args) =>
    event.type === "agent.book" &&
    (event.service_id ?? event.day ?? event.time ?? event.part_of_day) !== null &&
    appointmentsNamed(context, event).length > 0,
  /** The appointment still is the customer's, and still when it was shown to be. */
  isAsShown: ({ context }: Args) => {
    const appointment = appointmentInHand(context);
    return appointment !== null && appointment.startsAt === context.proposal?.slot?.startsAt;
  },
  isChanged: ({ event }: Args) => changeOutput(event).kind === "done",
  isTooLate: ({ event }: Args) => isRefusedWith(changeOutput(event), TOO_LATE),
  isNewTimeGone: ({ event }: Args) => isRefusedWith(changeOutput(event), SLOT_GONE),
  isGone: ({ event }: Args) => isRefusedWith(changeOutput(event), APPOINTMENT_GONE),
  wantsMember: ({ context }: Args) => context.booking?.memberId != null,

  isServiceGuessed: ({ context }: Args) => context.booking?.guesses.length === 1,
  isServiceMissing: ({ context }: Args) => serviceOf(context, context.booking?.serviceId ?? null) === null,
  isNotBookable: ({ context }: Args) => serviceOf(context, context.booking?.serviceId ?? null)?.isBookable === false,
  needsAssessment: ({ context }: Args) =>
    serviceOf(context, context.booking?.serviceId ?? null)?.requiresAssessment === true,
  isAssessmentBookable: ({ context }: Args) => {
    const assessment = serviceOf(context, context.booking?.serviceId ?? null)?.assessmentServiceId ?? null;
    return bookableServices(context).some(({ id, requiresAssessment }) => id === assessment && !requiresAssessment);
  },
  isDayMissing: ({ context }: Args) => context.booking?.day == null,
  hasSlot: ({ context }: Args) => context.booking?.slot != null,
  isNameMissing: ({ context }: Args) => context.booking?.name == null && !context.facts?.contact?.firstName,
  hasOffer: ({ context }: Args) => (context.booking?.slots.length ?? 0) > 0,
  isOfferFresh: ({ context }: Args) => isOfferFresh(context),

  /** Going on with day or hour takes the service that was asked about for granted; the summary still asks for a yes. */
  goesOn: ({ event }: Args) =>
    event.type === "agent.book" &&
    event.service_id === null &&
    !event.unknown_service &&
    (event.day !== null || event.time !== null || event.part_of_day !== null),
  isOfferedSlot: ({ context, event }: Args) =>
    event.type === "agent.choose_slot" && (context.booking?.slots.some(({ id }) => id === event.slot_id) ?? false),
  wantsOtherDay: ({ event }: Args) => event.type === "agent.other_times" && event.direction === "other_day",
  isOwnName: ({ context, event }: Args) => event.type === "agent.give_name" && isNameInWords(context, event.first_name),
  isYes: ({ context, event }: Args) => {
    const { proposal, heard, facts } = context;
    if (event.type !== "agent.accept" || proposal === null || heard === null) return false;
    if (asksForPerson(heard.words) || namesAnotherService(context, proposedService(proposal.kind, context)))
      return false;
    return isYesTo(proposal, heard, event, facts);
  },
  isNo: ({ context: { proposal, heard } }: Args) =>
    proposal !== null && heard !== null && (heard.tap === `no:${proposal.id}` || isPlainNo(heard.words)),

  foundExactly: (args: Args) => pickOf(args)?.exact != null,
  foundOnlyOtherHours: (args: Args) =>
    freeSlots(args) > 0 &&
    (args.context.booking?.time?.exact === true || pickOf(args)?.withinWish === false) &&
    !isHourOffered(args),
  foundSlots: (args: Args) => freeSlots(args) > 0,
  isMemberRefused: ({ context, event }: Args) => {
    const output = outputOf("check_availability", event);
    return output.kind === "refused" && output.code === "member_not_found" && context.booking?.memberId != null;
  },
  isRefused: ({ event }: Args) => outputOf("check_availability", event).kind === "refused",

  isBooked: ({ event }: Args) => outputOf("book_appointment", event).kind === "booked",
  isSlotGone: ({ event }: Args) => {
    const output = outputOf("book_appointment", event);
    return output.kind === "refused" && SLOT_GONE.has(output.code);
  },
  isNameRequired: ({ event }: Args) => {
    const output = outputOf("book_appointment", event);
    return output.kind === "refused" && output.code === "name_required";
  },
  isConsentUnknown: ({ context }: Args) => context.facts?.consent === null,

  isAnswered: ({ context, event }: Args) => {
    const output = outputOf("phrase_answer", event);
    const ground = passagesOf(context).flatMap(({ title, content }) => [title, content]);
    return output.kind === "answer" && checkOutgoing(output.text, { facts: ground }).length === 0;
  },
  mayBeSaid: ({ context, event }: Args) =>
    event.type === "agent.chat" && checkOutgoing(event.text, { facts: groundOf(context) }).length === 0,
  isMissedAgain: ({ context }: Args) => context.missed.at === context.heardCount - 1,

  askedForPerson: ({ context }: Args) => asksForPerson(context.heard?.words ?? ""),
  isRaisedAlready: ({ context }: Args) =>
    context.escalationId !== null && context.facts?.openEscalation === context.escalationId,
  wasOpenAlready: ({ event }: Args) => outputOf("raise_escalation", event).alreadyOpen,
  isOwnEscalation: ({ context, event }: Args) =>
    (event.type === "escalation.notified" || event.type === "escalation.failed") &&
    (event.escalationId === context.escalationId || event.escalationId === context.facts?.openEscalation),
};

/** The service that a yes would be about. */
function proposedService(kind: Proposal["kind"], context: Context): string | null {
  const { booking } = context;
  if (kind === "service") return booking?.guesses[0] ?? null;
  if (kind === "booking") return booking?.serviceId ?? null;
  return kind === "cancellation" || kind === "confirmation" || kind === "move"
    ? (appointmentInHand(context)?.serviceId ?? null)
    : null;
}

function isChangeOf(event: MachineEvent, change: Change): boolean {
  return event.type === "agent.change_appointment" && event.change === change;
}

/** The three changes answer alike. */
function changeOutput(event: MachineEvent) {
  return outputOf("reschedule_appointment", event);
}

function isRefusedWith(output: { kind: string; code?: string }, codes: ReadonlySet<string>): boolean {
  return output.kind === "refused" && codes.has(output.code ?? "");
}

/** The organization wants to know of changes earlier than that. */
const TOO_LATE = new Set(["too_late"]);
/** It is the customer's no more, or over, or cancelled. */
const APPOINTMENT_GONE = new Set(["appointment_not_found", "not_cancellable", "not_confirmable", "not_reschedulable"]);
/** Why the database refuses a start that was free when it was offered. */
const SLOT_GONE = new Set(["slot_taken", "outside_hours", "too_soon", "too_far"]);

function isHourOffered(args: Args): boolean {
  const { time } = args.context.booking ?? {};
  if (!time?.exact) return false;
  const offered = pickOf(args)?.offer ?? [];
  return offered.some(({ startTime }) =>
    time.at.includes(Number(startTime.slice(0, 2)) * 60 + Number(startTime.slice(3, 5))),
  );
}

/** What small talk may mention: the business and the customer's first name. */
export function groundOf({ facts }: Context): string[] {
  return [facts?.organization.name ?? "", facts?.contact?.firstName ?? ""];
}
