import type { Slot } from "./memory.ts";
import type { TimeWish } from "./times.ts";

/** A slot as the database answers it, before it is offered under an id of its own. */
export type FreeSlot = Omit<Slot, "id">;

/** What of the free slots answers a wish. */
export interface SlotPick {
  /** Set when exactly the hour asked for is free, on the one day asked for. */
  exact: FreeSlot | null;
  /** The nearest to the wish, in order of time. */
  offer: FreeSlot[];
  /** False when nothing was free inside the hours asked for, and what is offered lies outside. */
  withinWish: boolean;
}

const MAX_OFFERED = 5;
const MAX_PER_DAY = 3;

/** Chooses, among what is free, what to offer: 3 to 5 starts near the hour asked for, spread over the days when there are several. */
export function pickSlots(
  free: readonly FreeSlot[],
  wish: TimeWish | null,
  passedOver: readonly string[] = [],
): SlotPick {
  const fresh = distinctStarts(free).filter(({ startsAt }) => !passedOver.includes(startsAt));
  const inside = fresh.filter((slot) => isInside(minutesOf(slot), wish));
  const withinWish = inside.length > 0 || fresh.length === 0;
  const pool = withinWish ? inside : fresh;
  const days = Map.groupBy(pool, ({ date }) => date);
  const asked = wish?.exact ? pool.filter((slot) => wish.at.includes(minutesOf(slot))) : [];
  // Both halves of the day free: the customer says which.
  const offer = asked.length > 1 ? asked.slice(0, MAX_OFFERED) : spread(days, wish, pool.length);
  return {
    exact: days.size === 1 && asked.length === 1 ? (asked[0] ?? null) : null,
    offer: offer.sort(byStart),
    withinWish,
  };
}

function minutesOf({ startTime }: FreeSlot): number {
  return Number(startTime.slice(0, 2)) * 60 + Number(startTime.slice(3, 5));
}

function byStart(a: FreeSlot, b: FreeSlot): number {
  return Date.parse(a.startsAt) - Date.parse(b.startsAt);
}

/** One slot per start: whoever the database named first attends, and the summary says who. */
function distinctStarts(free: readonly FreeSlot[]): FreeSlot[] {
  return [...new Map([...free].reverse().map((slot) => [slot.startsAt, slot])).values()].sort(byStart);
}

function isInside(minutes: number, wish: TimeWish | null): boolean {
  if (wish === null) return true;
  return minutes >= (wish.from ?? 0) && (wish.until === null || minutes < wish.until);
}

function spread(days: Map<string, FreeSlot[]>, wish: TimeWish | null, total: number): FreeSlot[] {
  const perDay = days.size === 1 ? MAX_OFFERED : Math.max(1, Math.min(MAX_PER_DAY, Math.ceil(MAX_OFFERED / days.size)));
  const chosen = [...days.values()].flatMap((slots) => nearest(slots, wish, perDay));
  if (chosen.length >= Math.min(3, total)) return chosen.slice(0, MAX_OFFERED);
  return [...days.values()].flatMap((slots) => nearest(slots, wish, MAX_OFFERED)).slice(0, MAX_OFFERED);
}

/** The slots nearest to the hour asked for; without one, evenly over the day. */
function nearest(slots: readonly FreeSlot[], wish: TimeWish | null, count: number): FreeSlot[] {
  if (wish === null || wish.at.length === 0) return evenly(slots, count);
  const targets = readingsWithin(slots, wish.at);
  const distance = (slot: FreeSlot) => Math.min(...targets.map((target) => Math.abs(minutesOf(slot) - target)));
  return [...slots].sort((a, b) => distance(a) - distance(b) || byStart(a, b)).slice(0, count);
}

/** Of two readings of an hour the one at which somebody works; both where that decides nothing. */
function readingsWithin(slots: readonly FreeSlot[], readings: readonly number[]): readonly number[] {
  const minutes = slots.map(minutesOf);
  const open = readings.filter((reading) => reading >= Math.min(...minutes) && reading <= Math.max(...minutes));
  return open.length > 0 ? open : readings;
}

function evenly(slots: readonly FreeSlot[], count: number): FreeSlot[] {
  if (slots.length <= count) return [...slots];
  if (count === 1) return slots.slice(0, 1);
  const last = slots.length - 1;
  return Array.from({ length: count }, (_, index) => slots[Math.round((index * last) / (count - 1))]).filter(
    (slot) => slot !== undefined,
  );
}
