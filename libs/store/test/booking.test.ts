import { test as base, demo } from "@skytide/testing";
import { beforeEach, describe, expect } from "vitest";
import { type AvailabilityQuestion, createStore, type Slot, type Store } from "../src/index.ts";

const { aurora, brisa, customers } = demo;
const organizationId: string = aurora.organizationId;

beforeEach<{ database: { reset(): Promise<void> } }>(({ database }) => database.reset());

function begin(store: Store, phone: string, organization = organizationId) {
  return store.beginTurn({
    organizationId: organization,
    chat: `t_${organization.slice(0, 2)}${phone}`,
    platform: "whatsapp",
    platformUserId: phone,
  });
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

async function slotsOf(store: Store, question: Partial<AvailabilityQuestion> = {}): Promise<Slot[]> {
  const answer = await store.checkAvailability({
    organizationId,
    serviceId: aurora.services.facial,
    from: inDays(2),
    to: inDays(9),
    ...question,
  });
  if (answer.kind === "refused") throw new Error(answer.code);
  return answer.slots;
}

function first<T>(list: readonly T[]): T {
  const [item] = list;
  if (item === undefined) throw new Error("the list is empty");
  return item;
}

const test = base.extend("store", ({ database }: { database: { url: string; serviceRoleKey: string } }) =>
  createStore(database),
);

describe("booking", () => {
  test("an offered slot can be booked and is offered no more", async ({ store }) => {
    const { chatIdentityId } = await begin(store, customers.laura);
    const slot = first(await slotsOf(store));
    const booking = {
      organizationId,
      chatIdentityId,
      serviceId: aurora.services.facial,
      memberId: slot.memberId,
      startsAt: slot.startsAt,
      idempotencyKey: "p1",
      firstName: "Laura",
      lastName: "Gómez",
    };
    const booked = await store.bookAppointment(booking);
    expect(booked).toMatchObject({
      kind: "booked",
      replayed: false,
      appointment: { status: "programada", date: slot.date, startTime: slot.startTime, memberName: slot.memberName },
    });
    expect(await store.bookAppointment(booking)).toMatchObject({ kind: "booked", replayed: true });
    const after = await slotsOf(store, { memberId: slot.memberId });
    expect(after.map(({ startsAt }) => startsAt)).not.toContain(slot.startsAt);
    const facts = await begin(store, customers.laura);
    expect(facts.contact).toMatchObject({ firstName: "Laura", lastName: "Gómez" });
    expect(facts.appointments).toHaveLength(1);
  });

  test("the contact of the vouched number is used, and no name is asked for", async ({ store }) => {
    const { chatIdentityId, contact } = await begin(store, customers.carlos);
    expect(contact).toMatchObject({ id: aurora.carlosContactId, firstName: "Carlos" });
    const slot = first(await slotsOf(store));
    const booked = await store.bookAppointment({
      organizationId,
      chatIdentityId,
      serviceId: aurora.services.facial,
      memberId: null,
      startsAt: slot.startsAt,
      idempotencyKey: "p2",
    });
    expect(booked).toMatchObject({ kind: "booked", contactId: aurora.carlosContactId });
  });

  test("an unknown customer without a name is asked for one", async ({ store }) => {
    const { chatIdentityId } = await begin(store, customers.marta);
    const slot = first(await slotsOf(store));
    const answer = await store.bookAppointment({
      organizationId,
      chatIdentityId,
      serviceId: aurora.services.facial,
      memberId: null,
      startsAt: slot.startsAt,
      idempotencyKey: "p3",
    });
    expect(answer).toMatchObject({ kind: "refused", code: "name_required" });
  });

  test("a slot that somebody took is refused with three bookable alternatives", async ({ store }) => {
    const laura = await begin(store, customers.laura);
    const marta = await begin(store, customers.marta);
    const slot = first(await slotsOf(store, { memberId: aurora.members.valentina }));
    const wish = {
      organizationId,
      serviceId: aurora.services.facial,
      memberId: slot.memberId,
      startsAt: slot.startsAt,
    };
    await store.bookAppointment({
      ...wish,
      chatIdentityId: laura.chatIdentityId,
      idempotencyKey: "a",
      firstName: "Laura",
    });
    const late = { ...wish, chatIdentityId: marta.chatIdentityId, idempotencyKey: "b", firstName: "Marta" };
    const answer = await store.bookAppointment(late);
    if (answer.kind !== "refused") throw new Error("expected a refusal");
    expect(answer.code).toBe("slot_taken");
    expect(answer.alternatives).toHaveLength(3);
    const { startsAt, memberId } = first(answer.alternatives);
    expect(await store.bookAppointment({ ...late, startsAt, memberId })).toMatchObject({ kind: "booked" });
  });

  test("a key used for another wish is refused", async ({ store }) => {
    const { chatIdentityId } = await begin(store, customers.carlos);
    const slots = await slotsOf(store);
    const wish = {
      organizationId,
      chatIdentityId,
      serviceId: aurora.services.facial,
      memberId: null,
      idempotencyKey: "same",
    };
    await store.bookAppointment({ ...wish, startsAt: first(slots).startsAt });
    const other = await store.bookAppointment({ ...wish, startsAt: first(slots.slice(20)).startsAt });
    expect(other).toMatchObject({ kind: "refused", code: "idempotency_conflict" });
  });

  test("a service that requires an assessment is refused until that contact's assessment is completed", async ({
    store,
    database,
  }) => {
    const { chatIdentityId, services } = await begin(store, customers.carlos);
    expect(services.find(({ id }) => id === aurora.services.botulinum)).toMatchObject({ needsAssessment: true });
    const question = {
      organizationId,
      serviceId: aurora.services.botulinum,
      from: inDays(2),
      to: inDays(9),
      chatIdentityId,
    };
    expect(await store.checkAvailability(question)).toMatchObject({
      kind: "refused",
      code: "needs_assessment",
      assessmentServiceId: aurora.services.assessment,
    });
    await database.sql(
      `insert into appointments (organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time, status)
       values ($1, $2, $3, $4, current_date - 7, '10:00', '10:20', 'completada')`,
      [organizationId, aurora.carlosContactId, aurora.members.andres, aurora.services.assessment],
    );
    const slot = first(await slotsOf(store, question));
    const booked = await store.bookAppointment({
      ...question,
      memberId: null,
      startsAt: slot.startsAt,
      idempotencyKey: "t",
    });
    expect(booked.kind).toBe("booked");
  });

  test("a service that is not bookable, inactive or another organization's is refused", async ({ store }) => {
    const ask = (serviceId: string) =>
      store.checkAvailability({ organizationId, serviceId, from: inDays(1), to: inDays(2) });
    expect(await ask(aurora.services.surgery)).toMatchObject({ kind: "refused", code: "not_bookable" });
    expect(await ask(brisa.services.cleaning)).toMatchObject({ kind: "refused", code: "service_not_found" });
  });

  test("a start in the past or beyond the horizon is refused", async ({ store }) => {
    const { chatIdentityId } = await begin(store, customers.carlos);
    const wish = { organizationId, chatIdentityId, serviceId: aurora.services.facial, memberId: null };
    const past = await store.bookAppointment({ ...wish, startsAt: "2020-01-01T10:00:00-05:00", idempotencyKey: "x" });
    expect(past).toMatchObject({ kind: "refused", code: "too_soon" });
    const far = await store.bookAppointment({ ...wish, startsAt: "2190-01-01T10:00:00-05:00", idempotencyKey: "y" });
    expect(far).toMatchObject({ kind: "refused", code: "too_far" });
  });
});

describe("availability", () => {
  test("a part of the day and a wished hour narrow the answer", async ({ store }) => {
    const afternoon = await slotsOf(store, { partOfDay: "afternoon" });
    expect(afternoon.every(({ startTime }) => startTime >= "12:00" && startTime < "18:00")).toBe(true);
    const near = await slotsOf(store, { near: "15:00", limit: 3 });
    expect(near).toHaveLength(3);
    expect(near.every(({ startTime }) => startTime >= "14:30" && startTime <= "15:30")).toBe(true);
  });

  test("a holiday and a member's break hold no slots", async ({ store, database }) => {
    const holiday = inDays(3);
    await database.sql(
      `insert into organization_special_dates (organization_id, date, is_available, reason) values ($1, $2, false, 'prueba')`,
      [organizationId, holiday],
    );
    const slots = await slotsOf(store, { memberId: aurora.members.valentina, limit: 500 });
    expect(slots.some(({ date }) => date === holiday)).toBe(false);
    // Valentina pauses from 12 to 13, and a facial lasts an hour.
    expect(slots.filter(({ startTime }) => startTime > "11:00" && startTime < "13:00")).toEqual([]);
  });

  test("a date that ends before it begins is refused", async ({ store }) => {
    const answer = await store.checkAvailability({
      organizationId,
      serviceId: aurora.services.facial,
      from: inDays(3),
      to: inDays(2),
    });
    expect(answer).toMatchObject({ kind: "refused", code: "invalid_range" });
  });
});

describe("one's own appointments", () => {
  test("are confirmed, moved and cancelled, each as often as asked with one effect", async ({ store, database }) => {
    const { chatIdentityId, appointments } = await begin(store, customers.carlos);
    const { id: appointmentId, memberId } = first(appointments);
    const own = { organizationId, chatIdentityId, appointmentId };
    expect(await store.confirmAppointment(own)).toMatchObject({
      kind: "done",
      replayed: false,
      appointment: { status: "confirmada" },
    });
    expect(await store.confirmAppointment(own)).toMatchObject({ kind: "done", replayed: true });
    const slot = first(await slotsOf(store, { exceptAppointmentId: appointmentId, memberId: memberId ?? undefined }));
    const move = { ...own, startsAt: slot.startsAt, memberId, idempotencyKey: "m1" };
    expect(await store.rescheduleAppointment(move)).toMatchObject({
      kind: "done",
      replayed: false,
      appointment: { status: "programada", date: slot.date, startTime: slot.startTime },
    });
    expect(await store.rescheduleAppointment(move)).toMatchObject({ kind: "done", replayed: true });
    expect(await store.cancelAppointment({ ...own, reason: "viaje" })).toMatchObject({
      appointment: { status: "cancelada" },
    });
    expect(await store.cancelAppointment(own)).toMatchObject({ kind: "done", replayed: true });
    const [row] = await database.sql<{ notes: string }>("select notes from appointments where id = $1", [
      appointmentId,
    ]);
    expect(row?.notes.split("\n")).toHaveLength(2);
    const events = await database.sql<{ event: string }>(
      "select event from appointment_history where appointment_id = $1 order by id",
      [appointmentId],
    );
    expect(events.map(({ event }) => event)).toEqual(["booked", "confirmed", "rescheduled", "cancelled"]);
  });

  test("somebody else's appointment answers like one that does not exist", async ({ store }) => {
    const carlos = await begin(store, customers.carlos);
    const laura = await begin(store, customers.laura);
    const foreigner = await begin(store, customers.carlos, brisa.organizationId);
    const appointmentId = first(carlos.appointments).id;
    for (const who of [
      { organizationId, chatIdentityId: laura.chatIdentityId },
      { organizationId: brisa.organizationId, chatIdentityId: foreigner.chatIdentityId },
      { organizationId: brisa.organizationId, chatIdentityId: carlos.chatIdentityId },
    ])
      expect(await store.cancelAppointment({ ...who, appointmentId })).toMatchObject({ code: "appointment_not_found" });
  });

  test("a row that the CRM moves onto another is refused by the database", async ({ database }) => {
    const rows = await database.sql<{ id: string }>(
      "select id from appointments where member_id = $1 order by starts_at limit 2",
      [aurora.members.valentina],
    );
    await expect(
      database.sql(
        `update appointments set appointment_date = o.appointment_date, start_time = o.start_time, end_time = o.end_time
         from appointments o where o.id = $1 and appointments.id = $2`,
        [rows[0]?.id, rows[1]?.id],
      ),
    ).rejects.toMatchObject({ code: "23P01" });
  });
});
