import type { SqlEngine, SqlSession } from "@skytide/embedded";
import { test } from "@skytide/testing";
import { describe, expect } from "vitest";
import { ENGINES, openEngine } from "./engines.ts";
import { type Calendar, createRandom, insertCalendar, isInsideHours, type Random } from "./random-calendar.ts";

interface OfferedSlot {
  startsAt: string;
  memberId: string;
}

interface BookAnswer {
  ok: boolean;
  replayed?: boolean;
  code?: string;
  alternatives?: OfferedSlot[];
}

async function offered(
  session: SqlSession,
  { organizationId, serviceId }: Calendar,
  day: string,
): Promise<OfferedSlot[]> {
  const { rows } = await session.query("select check_availability($1, $2, $3, $3, p_limit => 3000) as answer", [
    organizationId,
    serviceId,
    day,
  ]);
  return (rows[0]?.answer as { slots: OfferedSlot[] } | undefined)?.slots ?? [];
}

async function book(
  session: SqlSession,
  calendar: Calendar,
  startsAt: string,
  memberId: string | null,
  key: string,
): Promise<BookAnswer> {
  const { rows } = await session.query("select book_appointment($1, $2, $3, $4, $5, $6) as answer", [
    calendar.organizationId,
    calendar.identityId,
    calendar.serviceId,
    startsAt,
    key,
    memberId,
  ]);
  return rows[0]?.answer as BookAnswer;
}

/** Tries a booking and takes it back. */
async function wouldBook(
  engine: SqlEngine,
  calendar: Calendar,
  startsAt: string,
  memberId: string | null,
): Promise<BookAnswer> {
  return engine.session(async (session) => {
    await session.script("begin");
    const answer = await book(session, calendar, startsAt, memberId, "try");
    await session.script("rollback");
    return answer;
  });
}

async function checkDay(engine: SqlEngine, calendar: Calendar, day: string, random: Random): Promise<void> {
  const slots = await offered(engine, calendar, day);
  for (const slot of slots)
    expect(isInsideHours(calendar, slot.startsAt, slot.memberId), `${calendar.zone} ${slot.startsAt}`).toBe(true);
  // Offered: accepted.
  for (let n = 0; n < Math.min(3, slots.length); n += 1) {
    const { startsAt, memberId } = random.pick(slots);
    expect(
      (await wouldBook(engine, calendar, startsAt, memberId)).code,
      `${calendar.zone} ${startsAt}`,
    ).toBeUndefined();
  }
  // Not offered: refused, and what is proposed instead can be booked.
  const starts = new Set(slots.map(({ startsAt }) => Date.parse(startsAt)));
  for (let n = 0; n < 3; n += 1) {
    const at = new Date(Date.parse(`${day}T00:00:00Z`) + random.integer(0, 287) * 300_000);
    if (starts.has(at.getTime())) continue;
    const inDay = new Intl.DateTimeFormat("en-CA", { timeZone: calendar.zone }).format(at) === day;
    if (!inDay) continue;
    const answer = await wouldBook(engine, calendar, at.toISOString(), null);
    // What this customer has there already is answered again.
    if (answer.replayed) continue;
    expect(answer.code, `${calendar.zone} ${at.toISOString()}`).toMatch(/^(slot_taken|outside_hours|too_soon)$/);
    for (const { startsAt, memberId } of answer.alternatives ?? [])
      expect((await wouldBook(engine, calendar, startsAt, memberId)).ok).toBe(true);
  }
  // Fill some of it, so that the next look meets appointments.
  for (const slot of slots.filter(() => random.chance(0.15)))
    await book(engine, calendar, slot.startsAt, slot.memberId, crypto.randomUUID());
}

describe.each(ENGINES)("free time on %s", (name) => {
  test("over random calendars, what is offered is accepted, what is not is refused, and nobody works outside hours or twice at once", {
    timeout: 240_000,
  }, async ({ postgres, skip }) => {
    const engine = await openEngine(name, postgres, "free_time");
    if (engine === null) return skip("there is no PostgreSQL 15 or later on this machine");
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = createRandom(seed);
      const calendar = await insertCalendar(engine, random);
      for (const day of [...calendar.days, ...calendar.days]) await checkDay(engine, calendar, day, random);
    }
    const { rows } = await engine.query(
      `select count(*)::int as booked, (select count(*)::int from appointments a join appointments b on a.member_id = b.member_id and a.id < b.id
         and tstzrange(a.blocked_from, a.blocked_until) && tstzrange(b.blocked_from, b.blocked_until)) as overlaps from appointments`,
    );
    expect(rows[0]?.overlaps).toBe(0);
    expect(Number(rows[0]?.booked)).toBeGreaterThan(50);
    await engine.close();
  });

  test("the hour that a clock change skips is not offered, the one that it repeats is offered once", async ({
    postgres,
    skip,
  }) => {
    const engine = await openEngine(name, postgres, "clock_change");
    if (engine === null) return skip("there is no PostgreSQL 15 or later on this machine");
    const random = createRandom(7);
    const year = new Date().getUTCFullYear() + 1;
    const calendar = await insertCalendar(engine, random);
    await engine.query("update organizations set timezone = 'Europe/Madrid', slot_step_minutes = 15 where id = $1", [
      calendar.organizationId,
    ]);
    await engine.query("delete from organization_special_dates");
    await engine.query("delete from member_special_dates");
    for (const table of ["organization_availability", "member_availability"])
      await engine.query(
        `update ${table} set is_available = true, start_time = '00:00', end_time = '08:00', break_start_time = null, break_end_time = null`,
      );
    await engine.query(
      "insert into organization_availability (organization_id, day_of_week, start_time, end_time) values ($1, 7, '00:00', '08:00') on conflict do nothing",
      [calendar.organizationId],
    );
    await engine.query(
      `insert into member_availability (organization_id, member_id, day_of_week, start_time, end_time)
       select organization_id, id, 7, '00:00', '08:00' from members where organization_id = $1 and not is_system on conflict do nothing`,
      [calendar.organizationId],
    );
    await engine.query(
      "update services set duration_minutes = 30, buffer_before_minutes = 0, buffer_after_minutes = 0 where id = $1",
      [calendar.serviceId],
    );
    const lastSunday = (month: number) => {
      const end = new Date(Date.UTC(year, month, 0));
      return new Date(end.getTime() - end.getUTCDay() * 86_400_000).toISOString().slice(0, 10);
    };
    for (const [day, inTheHour] of [
      [lastSunday(3), 0],
      [lastSunday(10), 4],
    ] as const) {
      const slots = (await offered(engine, calendar, day)) as (OfferedSlot & { startTime: string })[];
      expect(slots.length, day).toBeGreaterThan(10);
      expect(
        slots.filter(({ startTime }) => startTime >= "02:00" && startTime < "03:00"),
        day,
      ).toHaveLength(inTheHour);
      expect(new Set(slots.map(({ startTime }) => startTime)).size, day).toBe(slots.length);
    }
    await engine.close();
  });
});
