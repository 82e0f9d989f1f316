import { isOfferFresh } from "./booking.ts";
import { outputOf, passagesOf } from "./effects.ts";
import { isPlainNo, isYesTo } from "./evidence.ts";
import type { Context, Proposal } from "./memory.ts";
import { isNameInWords } from "./names.ts";
import { checkOutgoing } from "./outgoing-check.ts";
import { bookableServices, namesAnotherService, serviceOf } from "./services.ts";
import { pickSlots } from "./slots.ts";
import type { MachineEvent } from "./types.ts";
import { asksForPerson } from "./understand.ts";

interface Args {
  context: Context;
  event: MachineEvent;
}

function pickOf({ context, event }: Args) {
  const output = outputOf("check_availability", event);
  const { booking } = context;
  return output.kind === "slots" && booking ? pickSlots(output.slots, booking.time, booking.passedOver) : null;
}

const freeSlots = (args: Args) => pickOf(args)?.offer.length ?? 0;

/** Everything that decides a transition; pure, and named as it reads in the diagram. */
export const guards = {
  botIsOff: ({ event, context }: Args) =>
    event.type === "turn.began" ? !event.facts.botEnabled : context.facts?.botEnabled !== true,
  botIsOn: ({ event, context }: Args) =>
    event.type === "turn.began" ? event.facts.botEnabled : context.facts?.botEnabled !== false,

  isBooking: ({ context }: Args) => context.booking !== null,
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
    const { proposal, heard, facts, booking } = context;
    if (event.type !== "agent.accept" || proposal === null || heard === null) return false;
    if (asksForPerson(heard.words) || namesAnotherService(context, proposedService(proposal.kind, booking)))
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
function proposedService(kind: Proposal["kind"], booking: Context["booking"]): string | null {
  if (kind === "service") return booking?.guesses[0] ?? null;
  return kind === "booking" ? (booking?.serviceId ?? null) : null;
}

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
