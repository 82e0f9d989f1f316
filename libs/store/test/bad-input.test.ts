import { test as base, demo } from "@skytide/testing";
import { describe, expect } from "vitest";
import { createStore, type Store } from "../src/index.ts";

const { aurora, brisa, customers } = demo;
const organizationId: string = aurora.organizationId;
const test = base.extend("store", ({ database }) => createStore(database));

const nobody = "00000000-0000-4000-8000-000000000000";
const long = "x".repeat(100_000);

function begin(store: Store) {
  return store.beginTurn({ organizationId, chat: "t_bad", platform: "whatsapp", platformUserId: customers.diego });
}

/** Every way to ask for something that makes no sense, and the code that says so. */
const refusals: [string, (store: Store, chatIdentityId: string) => Promise<unknown>, string][] = [
  [
    "a service that does not exist",
    (s) => s.checkAvailability({ organizationId, serviceId: nobody, from: "2027-01-04", to: "2027-01-05" }),
    "service_not_found",
  ],
  [
    "a person who does not exist",
    (s) =>
      s.checkAvailability({
        organizationId,
        serviceId: aurora.services.facial,
        from: "2027-01-04",
        to: "2027-01-05",
        memberId: nobody,
      }),
    "member_not_found",
  ],
  [
    "another organization's person",
    (s) =>
      s.checkAvailability({
        organizationId,
        serviceId: aurora.services.facial,
        from: "2027-01-04",
        to: "2027-01-05",
        memberId: brisa.members.lucia,
      }),
    "member_not_found",
  ],
  [
    "a span of years",
    (s) =>
      s.checkAvailability({ organizationId, serviceId: aurora.services.facial, from: "2027-01-04", to: "2029-01-05" }),
    "invalid_range",
  ],
  ["a booking without an identity", (s) => booking(s, nobody, {}), "identity_not_found"],
  [
    "a booking in another organization",
    (s, id) => booking(s, id, { organizationId: brisa.organizationId, serviceId: brisa.services.cleaning }),
    "identity_not_found",
  ],
  ["a name as long as a book", (s, id) => booking(s, id, { firstName: long }), "invalid_name"],
  ["a name of blanks", (s, id) => booking(s, id, { firstName: "  \u0000 " }), "name_required"],
  ["an empty key", (s, id) => booking(s, id, { idempotencyKey: "" }), "idempotency_conflict"],
  [
    "an appointment that does not exist",
    (s, chatIdentityId) => s.cancelAppointment({ organizationId, chatIdentityId, appointmentId: nobody }),
    "appointment_not_found",
  ],
];

function booking(store: Store, chatIdentityId: string, change: Partial<Parameters<Store["bookAppointment"]>[0]>) {
  return store.bookAppointment({
    organizationId,
    chatIdentityId,
    serviceId: aurora.services.facial,
    memberId: null,
    startsAt: "2026-12-14T10:00:00-05:00",
    idempotencyKey: crypto.randomUUID(),
    firstName: "Diego",
    ...change,
  });
}

/** What no caller of ours would send; the answer is a fault with a code, and a permanent one. */
const faults: [string, (store: Store) => Promise<unknown>, string][] = [
  ["an id that is none", (s) => s.findIdentity({ organizationId: "nonsense", chat: "c" }), "database-22p02"],
  [
    "a date that does not exist",
    (s) =>
      s.checkAvailability({ organizationId, serviceId: aurora.services.facial, from: "2027-02-30", to: "2027-03-01" }),
    "database-22008",
  ],
  [
    "an hour that does not exist",
    (s) =>
      s.checkAvailability({
        organizationId,
        serviceId: aurora.services.facial,
        from: "2027-02-03",
        to: "2027-03-01",
        near: "27:00",
      }),
    "database-22008",
  ],
  [
    "an organization that does not exist",
    (s) => s.beginTurn({ organizationId: nobody, chat: "c", platform: "whatsapp", platformUserId: "1" }),
    "organization-not-found",
  ],
  [
    "an escalation that does not exist",
    (s) => s.settleEscalation({ organizationId, escalationId: nobody, outcome: "failed" }),
    "escalation-not-found",
  ],
  [
    "another organization's contact",
    (s) =>
      s.recordConsent({
        organizationId: brisa.organizationId,
        contactId: aurora.carlosContactId,
        channel: "whatsapp",
        type: "opt_in",
        evidence: {},
      }),
    "contact-not-found",
  ],
  [
    "another organization's service",
    (s) =>
      s.ingestKnowledge({
        organizationId,
        source: "s",
        sourceType: "faq",
        title: "t",
        serviceId: brisa.services.cleaning,
        chunks: [{ content: "c" }],
      }),
    "service-not-found",
  ],
  [
    "a vector of another length",
    (s) =>
      s.ingestKnowledge({
        organizationId,
        source: "s",
        sourceType: "faq",
        title: "t",
        chunks: [{ content: "c", embedding: [1, 2, 3] }],
      }),
    "invalid-embedding",
  ],
];

describe("a stage that asks for nonsense", () => {
  test.for(refusals)("is refused with a code: %s", async ([, ask, code], { store, database }) => {
    const { chatIdentityId } = await begin(store);
    const before = await counts(database);
    expect(await ask(store, chatIdentityId)).toMatchObject({ kind: "refused", code });
    expect(await counts(database)).toEqual(before);
  });

  test.for(faults)("gets a permanent error without any value in it: %s", async ([, ask, code], { store, database }) => {
    const before = await counts(database);
    const error = await ask(store).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: "PermanentError", code });
    expect(String((error as Error).message)).not.toMatch(/nonsense|2027|27:00|573/);
    expect(await counts(database)).toEqual(before);
  });

  test("may write a hundred thousand letters where people write", async ({ store }) => {
    const { chatIdentityId } = await begin(store);
    const raised = await store.raiseEscalation({
      organizationId,
      chatIdentityId,
      reason: "user_asked",
      summary: long,
      idempotencyKey: "long",
    });
    expect(raised.alreadyOpen).toBe(false);
    expect((await store.searchKnowledge({ organizationId, query: long })).chunks).toEqual([]);
  });
});

describe("a row that cannot be", () => {
  test.for([
    [
      "a negative duration",
      `insert into services (organization_id, name, duration_minutes) values ('${organizationId}', 'x', -5)`,
    ],
    [
      "a negative price",
      `insert into services (organization_id, name, duration_minutes, price_cop) values ('${organizationId}', 'x', 30, -1)`,
    ],
    [
      "hours that end before they start",
      `update organization_availability set start_time = '18:00', end_time = '08:00' where organization_id = '${organizationId}' and is_available`,
    ],
    [
      "half a break",
      `update member_availability set break_start_time = '10:00', break_end_time = null where organization_id = '${organizationId}'`,
    ],
    [
      "an eighth weekday",
      `update organization_availability set day_of_week = 8 where organization_id = '${organizationId}'`,
    ],
    ["an unknown status", `update appointments set status = 'perdida' where organization_id = '${organizationId}'`],
    [
      "an appointment that ends before it starts",
      `update appointments set end_time = '00:00' where organization_id = '${organizationId}'`,
    ],
    ["a grid of no minutes", `update organizations set slot_step_minutes = 0`],
  ] as const)("is refused by a constraint: %s", async ([, statement], { database }) => {
    await expect(database.sql(statement)).rejects.toMatchObject({ code: "23514" });
  });

  test("a time zone that does not exist is refused", async ({ database }) => {
    await expect(database.sql("update organizations set timezone = 'America/Macondo'")).rejects.toMatchObject({
      code: "22023",
    });
  });
});

describe("a full number", () => {
  test.for([
    ["573001110001", "+57", "3001110001"],
    ["14155550123", "+1", "4155550123"],
    ["5215512345678", "+52", "15512345678"],
    ["593991234567", "+593", "991234567"],
    ["351912345678", "+351", "912345678"],
    ["77011234567", "+7", "7011234567"],
  ] as const)("%s is split into %s and %s", async ([digits, code, national], { database }) => {
    const [row] = await database.sql(
      "select private.country_code_of($1) as code, substring($1 from length(private.country_code_of($1))) as national",
      [digits],
    );
    expect(row).toEqual({ code, national });
  });
});

async function counts(database: { sql(text: string): Promise<unknown[]> }) {
  return database.sql(
    `select (select count(*) from appointments)::int as appointments, (select count(*) from contacts)::int as contacts,
            (select count(*) from contact_authorizations)::int as consents, (select count(*) from knowledge_base)::int as knowledge,
            (select count(*) from outbox)::int as outbox`,
  );
}
