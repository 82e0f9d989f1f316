import type { SqlEngine } from "@skytide/embedded";

/** Numbers that are the same for the same seed. */
export function createRandom(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(list: readonly T[]): T => {
    const item = list[integer(0, list.length - 1)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  };
  return { integer, pick, chance: (share: number) => next() < share };
}

export type Random = ReturnType<typeof createRandom>;

/**
 * Zones with and without daylight saving: at midnight, at two, by half an hour, in either half of the year. None whose
 * rules changed lately: this process and the servers have time zone data of different age.
 */
const ZONES = [
  "America/Bogota",
  "America/New_York",
  "America/Santiago",
  "Europe/Madrid",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
  "Asia/Beirut",
] as const;

interface Hours {
  open: boolean;
  from: number;
  to: number;
  breakFrom: number | null;
  breakTo: number | null;
}

export interface Calendar {
  organizationId: string;
  identityId: string;
  serviceId: string;
  zone: string;
  durationMinutes: number;
  /** By member, `null` for the organization, then by ISO weekday and by date. */
  weekly: Map<string | null, Map<number, Hours>>;
  special: Map<string | null, Map<string, Hours>>;
  /** Days to look at: some of them around a change of the clock. */
  days: string[];
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

function randomHours(random: Random, openShare: number): Hours {
  const from = random.integer(0, 40) * 15;
  const to = Math.min(from + random.integer(8, 56) * 15, 24 * 60 - 15);
  const breakFrom = random.chance(0.5) ? random.integer(from / 15, to / 15 - 1) * 15 : null;
  return {
    open: random.chance(openShare),
    from,
    to,
    breakFrom,
    breakTo: breakFrom === null ? null : Math.min(breakFrom + random.integer(1, 6) * 15, 24 * 60 - 1),
  };
}

/** The days on which a zone's clock changes within the next 700 days, and the days before them. */
function clockChanges(zone: string): string[] {
  const offset = (at: Date) =>
    new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" })
      .formatToParts(at)
      .find(({ type }) => type === "timeZoneName")?.value;
  const days: string[] = [];
  for (let n = 3; n < 700; n += 1) {
    const at = new Date(Date.now() + n * 86_400_000);
    if (offset(at) !== offset(new Date(at.getTime() + 86_400_000)))
      days.push(at.toISOString().slice(0, 10), new Date(at.getTime() + 86_400_000).toISOString().slice(0, 10));
  }
  return days;
}

async function insertHours(
  engine: SqlEngine,
  organizationId: string,
  memberId: string | null,
  key: string,
  on: number | string,
  hours: Hours,
) {
  const table = `${memberId === null ? "organization" : "member"}_${key === "date" ? "special_dates" : "availability"}`;
  const owner = memberId === null ? "" : ", member_id";
  await engine.query(
    `insert into ${table} (organization_id, ${key}, is_available, start_time, end_time, break_start_time, break_end_time${owner})
     values ($1, $2, $3, $4, $5, $6, $7${memberId === null ? "" : ", $8"})`,
    [
      organizationId,
      on,
      hours.open,
      clock(hours.from),
      clock(hours.to),
      hours.breakFrom === null ? null : clock(hours.breakFrom),
      hours.breakTo === null ? null : clock(hours.breakTo),
      ...(memberId === null ? [] : [memberId]),
    ],
  );
}

async function insertOne(engine: SqlEngine, sql: string, parameters: unknown[]): Promise<string> {
  const { rows } = await engine.query(`${sql} returning id`, parameters);
  return String(rows[0]?.id);
}

/** An organization with random hours, breaks, special dates, buffers and a grid of its own, and one customer. */
export async function insertCalendar(engine: SqlEngine, random: Random): Promise<Calendar> {
  const zone = random.pick(ZONES);
  const durationMinutes = random.pick([15, 20, 30, 45, 60, 90, 120]);
  const organizationId = await insertOne(
    engine,
    `insert into organizations (name, timezone, slot_step_minutes, min_notice_minutes, booking_horizon_days, buffer_before_minutes, buffer_after_minutes)
     values ('Azar', $1, $2, $3, 730, $4, $5)`,
    [
      zone,
      random.pick([10, 15, 20, 30, 60]),
      random.pick([0, 60, 1440]),
      random.pick([0, 0, 5]),
      random.pick([0, 0, 20]),
    ],
  );
  const serviceId = await insertOne(
    engine,
    "insert into services (organization_id, name, duration_minutes, buffer_before_minutes, buffer_after_minutes) values ($1, 'S', $2, $3, $4)",
    [organizationId, durationMinutes, random.pick([0, 0, 10]), random.pick([0, 0, 15])],
  );
  const changes = clockChanges(zone);
  const from = random.integer(2, 40);
  const days = [0, 1, 2, 3].map((n) => new Date(Date.now() + (from + n) * 86_400_000).toISOString().slice(0, 10));
  if (changes.length > 0) days.push(...[0, 1].map(() => random.pick(changes)));
  const weekly = new Map<string | null, Map<number, Hours>>();
  const special = new Map<string | null, Map<string, Hours>>();
  const members: string[] = [];
  for (let n = random.integer(1, 3); n > 0; n -= 1) {
    const id = await insertOne(engine, "insert into members (organization_id, first_name) values ($1, 'M')", [
      organizationId,
    ]);
    await engine.query("insert into service_assignments (service_id, member_id) values ($1, $2)", [serviceId, id]);
    members.push(id);
  }
  for (const owner of [null, ...members]) {
    weekly.set(owner, new Map());
    special.set(owner, new Map());
    for (let day = 1; day <= 7; day += 1) {
      if (random.chance(0.1)) continue;
      const hours = randomHours(random, 0.85);
      weekly.get(owner)?.set(day, hours);
      await insertHours(engine, organizationId, owner, "day_of_week", day, hours);
    }
    for (const date of new Set(days.filter(() => random.chance(0.25)))) {
      const hours = randomHours(random, 0.6);
      special.get(owner)?.set(date, hours);
      await insertHours(engine, organizationId, owner, "date", date, hours);
    }
  }
  const contactId = await insertOne(
    engine,
    "insert into contacts (organization_id, first_name, phone) values ($1, 'C', '3000000000')",
    [organizationId],
  );
  const identityId = await insertOne(
    engine,
    "insert into chat_identities (organization_id, platform_user_id, contact_id) values ($1, '573000000000', $2)",
    [organizationId, contactId],
  );
  return { organizationId, identityId, serviceId, zone, durationMinutes, weekly, special, days };
}

function minutesAt(iso: string, zone: string): { date: string; minutes: number; weekday: number } {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    })
      .formatToParts(new Date(iso))
      .map(({ type, value }) => [type, value]),
  );
  const date = `${parts.year}-${parts.month}-${parts.day}`;
  return {
    date,
    minutes: Number(parts.hour) * 60 + Number(parts.minute),
    weekday: new Date(`${date}T12:00:00Z`).getUTCDay() || 7,
  };
}

/** Whether wall clock says that everybody is at work for the whole of an appointment; knows nothing of the SQL. */
export function isInsideHours(calendar: Calendar, startsAt: string, memberId: string): boolean {
  const start = minutesAt(startsAt, calendar.zone);
  const end = minutesAt(
    new Date(Date.parse(startsAt) + calendar.durationMinutes * 60_000).toISOString(),
    calendar.zone,
  );
  return [null, memberId].every((owner) => {
    const hours = calendar.special.get(owner)?.get(start.date) ?? calendar.weekly.get(owner)?.get(start.weekday);
    if (!hours?.open || start.date !== end.date || end.minutes <= start.minutes) return false;
    if (start.minutes < hours.from || end.minutes > hours.to) return false;
    return (
      hours.breakFrom === null ||
      hours.breakTo === null ||
      end.minutes <= hours.breakFrom ||
      start.minutes >= hours.breakTo
    );
  });
}
