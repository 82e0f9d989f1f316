import { derivedEventId } from "@skytide/events";
import { addDays, localClock, readDay } from "./dates.ts";
import type { Payload } from "./decisions.ts";
import { type Booking, type Context, emptyBooking, type Slot } from "./memory.ts";
import { nameFrom } from "./names.ts";
import { appointmentInHand, isForNewBooking } from "./own-appointments.ts";
import { recogniseService, serviceOf, servicesNamed } from "./services.ts";
import { slotTtlMs } from "./settings.ts";
import { type FreeSlot, pickSlots, type SlotPick } from "./slots.ts";
import { readTime } from "./times.ts";

/** How far to look when the day asked for is full. */
const LOOK_FURTHER_DAYS = 14;
const MAX_PASSED_OVER = 60;

/** The organization's calendar date now. */
export function todayOf(context: Context): string {
  const { now = new Date(0).toISOString(), organization } = context.facts ?? {};
  return localClock(new Date(now), organization?.timezone ?? "UTC").date;
}

/** The booking with what the customer added or corrected; whatever the change makes stale is dropped. */
export function withDetails(context: Context, details: Payload<"book">): Booking {
  const { change } = context;
  // The service of an appointment that is moved stays what it is.
  const moving = change !== null && !isForNewBooking(context, details);
  const before = (moving || change === null ? context.booking : null) ?? emptyBooking();
  const named = moving ? { ...before, remark: null } : withService(context, before, details);
  const timed = withWhen(context, named, details);
  const member =
    details.member_id !== null && isMember(context, details.member_id) ? details.member_id : timed.memberId;
  const changed = { ...timed, memberId: member, name: nameFrom(context, details) ?? timed.name };
  return withoutStale(before, changed);
}

/** The wish for a day and an hour. */
type When = Pick<Payload<"book">, "day" | "time" | "part_of_day">;

/** The booking with the day and the hour that the customer said. */
export function withWhen(context: Context, booking: Booking, when: When): Booking {
  const timed = withTime(withDay(context, booking, when), when);
  return withoutStale(booking, timed);
}

/** What was offered for other wishes is offered no more. */
function withoutStale(before: Booking, changed: Booking): Booking {
  const same =
    changed.serviceId === before.serviceId &&
    changed.memberId === before.memberId &&
    changed.day === before.day &&
    changed.time === before.time;
  return same ? changed : { ...changed, slots: [], checkedAt: null, passedOver: [], slot: null };
}

function withService(context: Context, booking: Booking, details: Payload<"book">): Booking {
  const { service_id: id, unknown_service: unknown } = details;
  const known = booking.serviceId !== null || booking.guesses.length > 0;
  if (id !== null && serviceOf(context, id) !== null) {
    // A day or an hour, and no service named: the model's word alone changes no service that is settled.
    const aside = servicesNamed(context).length === 0 && (details.day !== null || details.time !== null);
    if (booking.serviceId !== null && aside && context.heard?.tap === null) return { ...booking, remark: null };
    const recognition = recogniseService(context, id);
    return recognition.kind === "certain"
      ? { ...booking, remark: null, serviceId: recognition.id, guesses: [] }
      : { ...booking, remark: null, serviceId: null, guesses: recognition.guesses };
  }
  if (!unknown && known) return { ...booking, remark: null };
  // The model saw no service: the words may still name one, or the talk was about one. Either is asked back.
  const named = servicesNamed(context);
  const guesses = named.length > 0 || unknown || context.topic === null ? named : [context.topic];
  return {
    ...booking,
    remark: unknown && named.length === 0 ? "unknown_service" : null,
    serviceId: null,
    guesses: guesses.filter((guess) => serviceOf(context, guess) !== null),
  };
}

function withDay(context: Context, booking: Booking, { day, time }: When): Booking {
  if (day === null) {
    // "Mejor a las 11" means the day of the hour that is on the table.
    const kept = booking.slot && time ? { from: booking.slot.date, to: booking.slot.date } : booking.day;
    return sameDays(kept, booking.day) ? booking : { ...booking, day: kept };
  }
  const reading = readDay(day, todayOf(context));
  switch (reading.kind) {
    case "days":
      return { ...booking, day: { from: reading.from, to: reading.to }, dayReadings: [] };
    case "ambiguous":
      return { ...booking, day: null, dayReadings: reading.dates };
    case "past":
      return { ...booking, day: null, dayReadings: [], remark: "past_day" };
    case "impossible":
      return { ...booking, day: null, dayReadings: [], remark: "impossible_day" };
  }
}

function sameDays(a: Booking["day"], b: Booking["day"]): boolean {
  return a?.from === b?.from && a?.to === b?.to;
}

function withTime(booking: Booking, { day, time, part_of_day }: When): Booking {
  const wish = readTime(time, part_of_day);
  if (wish !== null) return { ...booking, time: wish };
  // "Mejor el jueves" means the hour that is on the table.
  return day !== null && booking.slot !== null ? { ...booking, time: exactly(booking.slot) } : booking;
}

function exactly(slot: Slot): Booking["time"] {
  return { at: [minutesOf(slot)], exact: true, from: null, until: null };
}

function minutesOf({ startTime }: Slot): number {
  return Number(startTime.slice(0, 2)) * 60 + Number(startTime.slice(3, 5));
}

function isMember(context: Context, id: string): boolean {
  return context.facts?.members.some((member) => member.id === id) ?? false;
}

/** What of the free slots to offer: where an appointment is moved, not the time that it has. */
export function pickFrom(context: Context, free: readonly FreeSlot[], booking: Booking): SlotPick {
  const held = appointmentInHand(context);
  const isOther = booking.memberId !== null && booking.memberId !== held?.memberId;
  const now = held === null || isOther ? null : Date.parse(held.startsAt);
  const others = free.filter(({ startsAt }) => Date.parse(startsAt) !== now);
  return pickSlots(others, booking.time, booking.passedOver);
}

/** The booking with these free slots offered under fresh ids; `exact` of them already chosen where that hour was asked for. */
export function withOffer(context: Context, free: readonly FreeSlot[]): Booking | null {
  const { booking, facts } = context;
  if (booking === null || facts === null) return booking;
  const picked = pickFrom(context, free, booking);
  const tag = derivedEventId("offer", facts.turnId, context.offerCount).slice(0, 8);
  const slots = picked.offer.map((slot, index): Slot => ({ ...slot, id: `${tag}-${index + 1}` }));
  const exact = slots.find(({ startsAt }) => startsAt === picked.exact?.startsAt) ?? null;
  return { ...booking, slots, checkedAt: facts.now, slot: exact };
}

/** The booking after "otra hora": what was shown is passed over, and the wish moves to one side of it. */
export function withOtherTimes(booking: Booking, direction: "earlier" | "later" | "more"): Booking {
  const starts = booking.slots.map(minutesOf).sort((a, b) => a - b);
  const middle = starts[Math.floor(starts.length / 2)];
  return {
    ...booking,
    day: booking.slot ? { from: booking.slot.date, to: booking.slot.date } : booking.day,
    time: middle === undefined ? booking.time : movedWish(booking.time, direction, middle),
    passedOver: [...booking.passedOver, ...booking.slots.map(({ startsAt }) => startsAt)].slice(-MAX_PASSED_OVER),
    slots: [],
    checkedAt: null,
    slot: null,
  };
}

function movedWish(wish: Booking["time"], direction: "earlier" | "later" | "more", middle: number): Booking["time"] {
  if (direction === "later") return { at: [middle], exact: false, from: middle + 1, until: null };
  if (direction === "earlier") return { at: [middle], exact: false, from: null, until: middle };
  return wish && { ...wish, exact: false };
}

/** The booking that asks the database again for exactly the slot that was on the table. */
export function withSlotWished(booking: Booking, slot: Slot): Booking {
  return {
    ...booking,
    day: { from: slot.date, to: slot.date },
    time: exactly(slot),
    slots: [],
    checkedAt: null,
    passedOver: [],
    slot: null,
  };
}

/** True while what the database said about free hours may still be booked from. */
export function isOfferFresh(context: Context): boolean {
  const { booking, facts } = context;
  if (booking?.checkedAt == null || facts === null) return false;
  return Date.parse(facts.now) - Date.parse(booking.checkedAt) <= slotTtlMs(context);
}

/** What to ask the database for: the service on the days asked for. */
export function availabilityOf(context: Context): {
  serviceId: string;
  memberId: string | null;
  from: string;
  to: string;
  /** The appointment that would be moved: its own time counts as free. */
  exceptAppointmentId: string | null;
} {
  const { booking } = context;
  const today = todayOf(context);
  const from = booking?.day && booking.day.from > today ? booking.day.from : today;
  return {
    serviceId: booking?.serviceId ?? "",
    memberId: booking?.memberId ?? null,
    from,
    to: booking?.day?.to ?? from,
    exceptAppointmentId: context.change?.appointmentId ?? null,
  };
}

/** The days after those that turned out full. */
export function furtherAvailabilityOf(context: Context): ReturnType<typeof availabilityOf> {
  const asked = availabilityOf(context);
  const from = addDays(asked.to, 1);
  return { ...asked, from, to: addDays(from, LOOK_FURTHER_DAYS - 1) };
}
