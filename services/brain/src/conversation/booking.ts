import { derivedEventId } from "@skytide/events";
import { addDays, localClock, readDay } from "./dates.ts";
import type { Payload } from "./decisions.ts";
import { type Booking, type Context, emptyBooking, type Slot } from "./memory.ts";
import { recogniseService, serviceOf } from "./services.ts";
import { type FreeSlot, pickSlots } from "./slots.ts";
import { readTime } from "./times.ts";
import { normalise } from "./words.ts";

/** An offer older than this is asked for anew before anything is booked from it. */
const SLOT_TTL_MS = 30 * 60_000;
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
  const before = context.booking ?? emptyBooking();
  const named = withService(context, before, details);
  const dated = withDay(context, named, details);
  const timed = withTime(dated, details);
  const member =
    details.member_id !== null && isMember(context, details.member_id) ? details.member_id : timed.memberId;
  const changed = { ...timed, memberId: member, name: nameFrom(context, details) ?? timed.name };
  const same =
    changed.serviceId === before.serviceId &&
    changed.memberId === before.memberId &&
    changed.day === before.day &&
    changed.time === before.time;
  return same ? changed : { ...changed, slots: [], checkedAt: null, passedOver: [], slot: null };
}

function withService(context: Context, booking: Booking, details: Payload<"book">): Booking {
  const remark = details.unknown_service && details.service_id === null ? "unknown_service" : null;
  if (serviceOf(context, details.service_id) === null || details.service_id === null) {
    return remark === null ? { ...booking, remark } : { ...booking, remark, serviceId: null, guesses: [] };
  }
  const recognition = recogniseService(context, details.service_id);
  return recognition.kind === "certain"
    ? { ...booking, remark, serviceId: recognition.id, guesses: [] }
    : { ...booking, remark, serviceId: null, guesses: recognition.guesses };
}

function withDay(context: Context, booking: Booking, { day, time }: Payload<"book">): Booking {
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

function withTime(booking: Booking, { time, part_of_day }: Payload<"book">): Booking {
  const wish = readTime(time, part_of_day);
  return wish === null ? booking : { ...booking, time: wish };
}

function isMember(context: Context, id: string): boolean {
  return context.facts?.members.some((member) => member.id === id) ?? false;
}

/** A name counts only when the customer wrote it. */
export function isNameInWords(context: Context, name: string): boolean {
  const said = context.heard?.words ?? "";
  const words = normalise(said).split(" ");
  const parts = normalise(name).split(" ");
  // A name in another script has no Latin letters to compare.
  if (parts.join("") === "") return name.trim() !== "" && said.includes(name.trim());
  return parts.every((part) => part !== "" && !/\d/.test(part) && words.includes(part));
}

function nameFrom(context: Context, details: { first_name: string | null; last_name: string | null }): Booking["name"] {
  if (details.first_name === null || !isNameInWords(context, details.first_name)) return null;
  const last = details.last_name !== null && isNameInWords(context, details.last_name) ? details.last_name : null;
  return { first: tidyName(details.first_name), last: last === null ? null : tidyName(last) };
}

function tidyName(name: string): string {
  return name
    .trim()
    .split(/\s+/)
    .map((part) => part.charAt(0).toLocaleUpperCase("es") + part.slice(1).toLocaleLowerCase("es"))
    .join(" ");
}

/** The booking with the name that the customer gave. */
export function withName(context: Context, details: Payload<"give_name">): Booking | null {
  return context.booking && { ...context.booking, name: nameFrom(context, details) };
}

/** The booking with these free slots offered under fresh ids; `exact` of them already chosen where that hour was asked for. */
export function withOffer(context: Context, free: readonly FreeSlot[]): Booking | null {
  const { booking, facts } = context;
  if (booking === null || facts === null) return booking;
  const picked = pickSlots(free, booking.time, booking.passedOver);
  const tag = derivedEventId("offer", facts.turnId, context.offerCount).slice(0, 8);
  const slots = picked.offer.map((slot, index): Slot => ({ ...slot, id: `${tag}-${index + 1}` }));
  const exact = slots.find(({ startsAt }) => startsAt === picked.exact?.startsAt) ?? null;
  return { ...booking, slots, checkedAt: facts.now, slot: exact };
}

/** The booking after "otra hora": what was shown is passed over, and the wish moves earlier or later. */
export function withOtherTimes(booking: Booking, direction: "earlier" | "later" | "more"): Booking {
  const starts = booking.slots.map(
    ({ startTime }) => Number(startTime.slice(0, 2)) * 60 + Number(startTime.slice(3, 5)),
  );
  const day = booking.slot ? { from: booking.slot.date, to: booking.slot.date } : booking.day;
  const time =
    direction === "more"
      ? booking.time && { ...booking.time, exact: false }
      : direction === "later"
        ? { at: [Math.max(...starts)], exact: false, from: Math.max(...starts) + 1, until: null }
        : { at: [Math.min(...starts)], exact: false, from: null, until: Math.min(...starts) };
  return {
    ...booking,
    day,
    time: starts.length === 0 ? booking.time : time,
    passedOver: [...booking.passedOver, ...booking.slots.map(({ startsAt }) => startsAt)].slice(-MAX_PASSED_OVER),
    slots: [],
    checkedAt: null,
    slot: null,
  };
}

/** The booking that asks the database again for exactly the slot that was on the table. */
export function withSlotWished(booking: Booking, slot: Slot): Booking {
  const minutes = Number(slot.startTime.slice(0, 2)) * 60 + Number(slot.startTime.slice(3, 5));
  return {
    ...booking,
    day: { from: slot.date, to: slot.date },
    time: { at: [minutes], exact: true, from: null, until: null },
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
  return Date.parse(facts.now) - Date.parse(booking.checkedAt) <= SLOT_TTL_MS;
}

/** What to ask the database for: the service on the days asked for. */
export function availabilityOf(context: Context): {
  serviceId: string;
  memberId: string | null;
  from: string;
  to: string;
} {
  const { booking } = context;
  const today = todayOf(context);
  const from = booking?.day && booking.day.from > today ? booking.day.from : today;
  return {
    serviceId: booking?.serviceId ?? "",
    memberId: booking?.memberId ?? null,
    from,
    to: booking?.day?.to ?? from,
  };
}

/** The days after those that turned out full. */
export function furtherAvailabilityOf(context: Context): ReturnType<typeof availabilityOf> {
  const asked = availabilityOf(context);
  const from = addDays(asked.to, 1);
  return { ...asked, from, to: addDays(from, LOOK_FURTHER_DAYS - 1) };
}
