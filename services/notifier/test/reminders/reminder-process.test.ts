import type { Bus } from "@skytide/bus";
import type { ReplyRequested } from "@skytide/events";
import { conversationSubject, timerSubject } from "@skytide/events";
import { buildEvent, crashOnceAt, demo, newConversation, type TestDatabase, until } from "@skytide/testing";
import { expect, vi } from "vitest";
import { test } from "../escalations.ts";
import { NOTIFICATION_APP } from "../notifier-process.ts";

// The first test also waits for the database and the log to start.
vi.setConfig({ testTimeout: 90_000 });

const { organizationId, members, services, carlosContactId } = demo.aurora;
const REMINDING = { ...NOTIFICATION_APP, BUTTON_SIGNING_KEYS: "b1:0123456789abcdef" };

interface Fleet {
  bus: Bus;
  database: TestDatabase;
}

/** Carlos gets an appointment around noon of a day to come, whose reminder is due in so many seconds. */
async function book({ database, bus }: Fleet, dueInSeconds: number) {
  const conversation = newConversation(organizationId);
  const phone = demo.customers.carlos;
  await database.sql(
    `insert into chat_identities (organization_id, platform_user_id, chat, contact_id) values ($1, $2, $3, $4)
     on conflict (organization_id, platform, platform_user_id) do update set chat = excluded.chat`,
    [organizationId, phone, conversation.chat, carlosContactId],
  );
  const days = 20 + Math.floor(Math.random() * 300);
  const [row] = await database.sql<{ id: string; startsAt: string }>(
    `with due as (select clock_timestamp() + make_interval(secs => $1) as at),
       wanted as (select at, (((at at time zone 'America/Bogota')::date + $2::int) + time '12:00') at time zone 'America/Bogota' as noon from due),
       minutes as (select at, ceil(extract(epoch from noon - at) / 60)::int as n from wanted),
       settings as (update organizations set quiet_hours_start = null, quiet_hours_end = null, reminder_minutes = n from minutes where id = $3 returning id),
       starts as (select (at + make_interval(mins => n)) at time zone 'America/Bogota' as at from minutes, settings)
     insert into appointments (organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time, created_by)
     select $3, $4, $5, $6, at::date, at::time, (at + interval '1 hour')::time, private.system_member($3) from starts
     returning id, to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "startsAt"`,
    [dueInSeconds, days, organizationId, carlosContactId, members.valentina, services.facial],
  );
  if (row === undefined) throw new Error("no appointment");
  const { id: appointmentId, startsAt } = row;
  const at = { date: startsAt.slice(0, 10), startTime: "12:00", endTime: "13:00", startsAt };
  const ids = { contactId: carlosContactId, serviceId: services.facial, memberId: members.valentina };
  const data = { appointmentId, ...ids, ...at, timezone: "America/Bogota", status: "programada" } as const;
  return {
    appointmentId,
    timer: timerSubject("reminder", organizationId, appointmentId),
    tell: (type: "appointment.booked" | "appointment.rescheduled" | "appointment.cancelled") =>
      bus.publish(buildEvent(conversation, type, data)),
    async replies(): Promise<ReplyRequested[]> {
      const found: ReplyRequested[] = [];
      const filters = [conversationSubject(organizationId, conversation.chat, "reply")];
      for await (const message of bus.follow({ stream: "CONVERSATIONS", filters, from: "first" }))
        found.push(message.json() as ReplyRequested);
      return found;
    },
  };
}

test("a booking is reminded of by template when its time comes, and a cancelled one is not", async ({ fleet }) => {
  const notifier = await fleet.start(REMINDING);
  const cancelled = await book(fleet, 3600);
  await cancelled.tell("appointment.booked");
  await until(async () => expect(await fleet.bus.readTimer(cancelled.timer)).not.toBeNull());
  await fleet.database.sql("update appointments set status = 'cancelada' where id = $1", [cancelled.appointmentId]);
  await cancelled.tell("appointment.cancelled");
  await until(async () => expect(await fleet.bus.readTimer(cancelled.timer)).toBeNull());

  const kept = await book(fleet, 1.5);
  await kept.tell("appointment.booked");
  await until(async () => expect(await kept.replies()).toHaveLength(1));
  const [reply] = await kept.replies();
  expect(reply?.data.messages[0]).toMatchObject({
    kind: "template",
    parameters: expect.arrayContaining(["Carlos", "Aurora Estética"]),
  });
  expect(await cancelled.replies()).toEqual([]);
  for (const planted of ["Carlos", "Limpieza", demo.customers.carlos]) expect(notifier.output()).not.toContain(planted);
});

test("kill -9 in the middle of a reminder: one reminder", async ({ fleet }) => {
  const crashing = await fleet.start({ ...REMINDING, ...(await crashOnceAt("after_publish_before_ack")) });
  const { tell, replies, appointmentId } = await book(fleet, 1.5);
  await tell("appointment.booked");
  await crashing.ended;
  await fleet.start(REMINDING);
  await until(async () =>
    expect(await fleet.database.sql("select 1 from reminders where appointment_id = $1", [appointmentId])).toHaveLength(
      1,
    ),
  );
  await until(async () =>
    expect(await fleet.bus.consumerInfo("TIMERS", "reminders")).toMatchObject({ pending: 0, ackPending: 0 }),
  );
  expect(await replies()).toHaveLength(1);
});

test("a timer that was lost is set again from the database", async ({ fleet }) => {
  const { replies, timer } = await book(fleet, 1);
  expect(await fleet.bus.readTimer(timer)).toBeNull();
  await fleet.start(REMINDING);
  await until(async () => expect(await replies()).toHaveLength(1));
});
