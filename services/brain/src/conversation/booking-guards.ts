import { isOfferFresh, pickFrom } from "./booking.ts";
import { outputOf } from "./effects.ts";
import type { Context } from "./memory.ts";
import { isNameInWords, nameFrom } from "./names.ts";
import { SLOT_GONE } from "./refusals.ts";
import { bookableServices, namesAnotherService, needsAssessment, serviceOf } from "./services.ts";
import type { MachineEvent } from "./types.ts";

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
const serviceIn = (context: Context) => serviceOf(context, context.booking?.serviceId ?? null);

/** What decides about a booking: what is known of it, what the database answered. */
export const bookingGuards = {
  isBooking: ({ context }: Args) => context.booking !== null,
  isServiceGuessed: ({ context }: Args) => context.booking?.guesses.length === 1,
  isServiceMissing: ({ context }: Args) => serviceIn(context) === null,
  isNotBookable: ({ context }: Args) => serviceIn(context)?.isBookable === false,
  needsAssessment: ({ context }: Args) => needsAssessment(serviceIn(context)),
  isAssessmentBookable: ({ context }: Args) => {
    const assessment = serviceIn(context)?.assessmentServiceId ?? null;
    return bookableServices(context).some((service) => service.id === assessment && !needsAssessment(service));
  },
  isDayMissing: ({ context }: Args) => context.booking?.day == null,
  hasSlot: ({ context }: Args) => context.booking?.slot != null,
  isNameMissing: ({ context }: Args) => context.booking?.name == null && !context.facts?.contact?.firstName,
  hasOffer: ({ context }: Args) => (context.booking?.slots.length ?? 0) > 0,
  isOfferFresh: ({ context }: Args) => isOfferFresh(context),

  /** Going on with a day, an hour or a name takes the service that was asked about for granted; the summary still asks for a yes. */
  goesOn: ({ context, event }: Args) =>
    event.type === "agent.book" &&
    !event.unknown_service &&
    isOfTheGuess(context, event.service_id) &&
    (event.day !== null || event.time !== null || event.part_of_day !== null || nameFrom(context, event) !== null),
  isOfferedSlot: ({ context, event }: Args) =>
    event.type === "agent.choose_slot" && (context.booking?.slots.some(({ id }) => id === event.slot_id) ?? false),
  wantsOtherDay: ({ event }: Args) => event.type === "agent.other_times" && event.direction === "other_day",
  isOwnName: ({ context, event }: Args) => event.type === "agent.give_name" && isNameInWords(context, event.first_name),

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
};

/** No service said, or the very one that was asked about; and no other one in the customer's words. */
function isOfTheGuess(context: Context, serviceId: string | null): boolean {
  const asked = context.booking?.guesses[0] ?? context.booking?.serviceId ?? null;
  return (serviceId === null || serviceId === asked) && !namesAnotherService(context, asked);
}

function isHourOffered(args: Args): boolean {
  const { time } = args.context.booking ?? {};
  if (!time?.exact) return false;
  const offered = pickOf(args)?.offer ?? [];
  return offered.some(({ startTime }) =>
    time.at.includes(Number(startTime.slice(0, 2)) * 60 + Number(startTime.slice(3, 5))),
  );
}
