import { todayOf, withWhen } from "./booking.ts";
import { readDay } from "./dates.ts";
import type { DayParts, PartOfDay, Payload, TimeParts } from "./decisions.ts";
import { type Booking, type Changing, type Context, emptyBooking } from "./memory.ts";
import { appointmentInHand, ownAppointments } from "./own-appointments.ts";
import { readTime } from "./times.ts";
import type { OwnAppointment, ReminderTap } from "./types.ts";

/** How the customer names an appointment: when it is, and for what. */
interface Named {
  service_id: string | null;
  day: DayParts | null;
  time: TimeParts | null;
  part_of_day: PartOfDay | null;
}

/** The own appointments among which the customer is asked to choose, in the order in which they are listed. */
export function appointmentsListed(context: Context): OwnAppointment[] {
  const own = ownAppointments(context);
  const guessed = own.filter(({ id }) => context.change?.guesses.includes(id));
  return guessed.length > 0 ? guessed : own;
}

/** The own appointments that fit what was said of them; all where nothing was said. */
export function appointmentsNamed(context: Context, { service_id, day, time, part_of_day }: Named): OwnAppointment[] {
  return ownAppointments(context).filter(
    (one) =>
      (service_id === null || one.serviceId === service_id) &&
      (day === null || isOnDay(context, one, day)) &&
      isAtTime(one, readTime(time, part_of_day)),
  );
}

function isOnDay(context: Context, { date }: OwnAppointment, parts: DayParts): boolean {
  const reading = readDay(parts, todayOf(context));
  if (reading.kind === "days") return date >= reading.from && date <= reading.to;
  return reading.kind === "ambiguous" && reading.dates.includes(date);
}

function isAtTime({ startTime }: OwnAppointment, wish: Booking["time"]): boolean {
  if (wish === null) return true;
  const minutes = Number(startTime.slice(0, 2)) * 60 + Number(startTime.slice(3, 5));
  if (wish.exact) return wish.at.includes(minutes);
  return minutes >= (wish.from ?? 0) && (wish.until === null || minutes < wish.until);
}

/** What is to be changed and how, from the customer's words; the appointment in hand stays it while no other is named. */
export function withChange(
  context: Context,
  said: Payload<"change_appointment">,
): Pick<Context, "change" | "booking" | "proposal"> {
  const named = { service_id: said.service_id, day: said.day, time: said.time, part_of_day: null };
  const inHand = isSaid(named) ? null : appointmentInHand(context);
  const change = inHand
    ? { ...NOTHING_KNOWN, kind: said.change, appointmentId: inHand.id }
    : identified(context, said.change, named);
  const wish = { day: said.new_day, time: said.new_time, part_of_day: said.new_part_of_day };
  const before = said.change === "move" && context.change?.kind === "move" ? context.booking : null;
  const booking = said.change === "move" ? withWhen(context, before ?? emptyBooking(), wish) : null;
  return { change, booking: toMove(context, change, booking), proposal: null };
}

const NOTHING_KNOWN = { appointmentId: null, guesses: [], notFound: false };

function isSaid(named: Named): boolean {
  return Object.values(named).some((part) => part !== null);
}

function identified(context: Context, kind: Changing["kind"], named: Named): Changing {
  const fitting = appointmentsNamed(context, named);
  // Nothing said: what is confirmed already needs no second confirmation.
  const open = kind === "confirm" && !isSaid(named) ? fitting.filter(({ status }) => status !== "confirmada") : [];
  const guesses = (open.length > 0 ? open : fitting).map(({ id }) => id);
  const [only = null] = guesses;
  return { kind, guesses, appointmentId: guesses.length === 1 ? only : null, notFound: guesses.length === 0 };
}

/** The change with what else the customer said about which appointment is meant. */
export function withAppointmentNamed(context: Context, named: Named): Partial<Context> {
  if (context.change === null) return {};
  const change = identified(context, context.change.kind, named);
  return { change, booking: toMove(context, change, context.booking), proposal: null };
}

/** The change of exactly this appointment. */
export function withAppointment(context: Context, id: string): Partial<Context> {
  if (context.change === null) return {};
  const change = { ...context.change, ...NOTHING_KNOWN, appointmentId: id };
  return { change, booking: toMove(context, change, context.booking), proposal: null };
}

/** What a reminder's button asks for, begun anew with exactly its appointment. */
export function withReminded(context: Context, { action, appointmentId }: ReminderTap): Partial<Context> {
  const nothing = { service_id: null, day: null, time: null, new_day: null, new_time: null, new_part_of_day: null };
  const begun = withChange(context, { ...nothing, also_asks: null, change: action });
  return { ...begun, ...withAppointment({ ...context, ...begun }, appointmentId) };
}

/** The booking that looks for a new time of the appointment: its service, and the same person first; nothing offered for another. */
function toMove(context: Context, change: Changing, booking: Booking | null): Booking | null {
  if (booking === null || change.kind !== "move") return null;
  const appointment = ownAppointments(context).find(({ id }) => id === change.appointmentId);
  if (appointment?.id === context.change?.appointmentId && booking.serviceId !== null) return booking;
  const { serviceId = null, memberId = null } = appointment ?? {};
  return { ...booking, serviceId, memberId, slots: [], checkedAt: null, passedOver: [], slot: null };
}
