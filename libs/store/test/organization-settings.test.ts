import { readFile } from "node:fs/promises";
import { createStore } from "@skytide/store";
import { test as base, demo, type TestDatabase } from "@skytide/testing";
import { describe, expect } from "vitest";

const { aurora, brisa, customers } = demo;
const test = base.extend("store", ({ database: { url, serviceRoleKey } }) => createStore({ url, serviceRoleKey }));

const turnOf = (organizationId: string) => ({
  organizationId,
  chat: `k1_settings_${organizationId.slice(0, 1)}`,
  platform: "whatsapp" as const,
  platformUserId: customers.laura,
});

async function set({ sql }: TestDatabase, organizationId: string, assignments: string) {
  await sql(`update organizations set ${assignments} where id = '${organizationId}'`);
}

async function settingColumns({ sql }: TestDatabase): Promise<string[]> {
  const rows = await sql<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'public.organizations'::regclass and attnum > 0 and not attisdropped
     and attname not in ('id', 'created_at', 'updated_at') order by attnum`,
  );
  return rows.map(({ name }) => name);
}

describe("an organization's settings", () => {
  test("reach the turn, each under its column's name, with their defaults where nobody chose", async ({ store }) => {
    const { organization, spentTodayUsd } = await store.beginTurn(turnOf(brisa.organizationId));
    expect(spentTodayUsd).toBe(0);
    expect(organization.settings).toEqual({
      agentEnabled: true,
      slotStepMinutes: 15,
      minNoticeMinutes: 60,
      bookingHorizonDays: 90,
      cancelNoticeMinutes: 0,
      quietMinutes: null,
      reminderMinutes: 1440,
      agentLanguages: ["es"],
      agentGreeting: null,
      agentPolicies: null,
      handoffWords: [],
      optOutWords: [],
      debounceMs: null,
      nudgeMinutes: null,
      slotTtlMinutes: 30,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
      chatModel: null,
      promptVersion: null,
      rollout: null,
      draftMode: false,
      dailySpendUsd: null,
      maxFailedTurns: 3,
      renotifyMinutes: 15,
      handoffGiveUpMinutes: 60,
      traceContent: false,
      quietHoursStart: "20:00",
      quietHoursEnd: "08:00",
      reminderTemplateId: "2e314de2-0000-4000-8000-000000000002",
      replyTemplateId: null,
      maxConcurrency: null,
    });
  });

  test("that somebody chose reach the next turn", async ({ database, store }) => {
    await set(
      database,
      aurora.organizationId,
      `agent_languages = '{es,en}', agent_greeting = '¡Hola!', agent_policies = '  ', handoff_words = '{doctora}', debounce_ms = 4000,
       chat_model = 'gpt-5.4-mini', rollout = '{"percent": 10, "prompt": "next", "draft": true}', daily_spend_usd = 2.5, quiet_hours_start = null, quiet_hours_end = null`,
    );
    const { organization } = await store.beginTurn(turnOf(aurora.organizationId));
    expect(organization.settings).toMatchObject({
      agentLanguages: ["es", "en"],
      agentGreeting: "¡Hola!",
      agentPolicies: null,
      handoffWords: ["doctora"],
      debounceMs: 4000,
      chatModel: "gpt-5.4-mini",
      rollout: { percent: 10, prompt: "next", draft: true },
      dailySpendUsd: 2.5,
      quietHoursStart: null,
    });
  });

  test.for([
    "agent_languages = '{}'",
    "agent_languages = '{spanish}'",
    "agent_languages = array['es', null]",
    "agent_greeting = repeat('a', 501)",
    "handoff_words = '{\"\"}'",
    "handoff_words = array_fill('a'::text, '{51}')",
    "opt_out_words = '{baja,Cancelar}'",
    "debounce_ms = -1",
    "nudge_minutes = 1440",
    "slot_ttl_minutes = 0",
    "buffer_after_minutes = 241",
    "chat_model = ''",
    "chat_model = 'a b'",
    "prompt_version = '../2'",
    "rollout = '5'",
    "rollout = 'null'",
    "rollout = '{}'",
    "rollout = '{\"percent\": 101}'",
    'rollout = \'{"percent": "10"}\'',
    'rollout = \'{"percent": 1, "promt": "x"}\'',
    'rollout = \'{"percent": 1, "draft": "yes"}\'',
    "daily_spend_usd = -0.01",
    "max_failed_turns = 0",
    "renotify_minutes = 0",
    "quiet_hours_start = null",
    "quiet_hours_start = '08:00'",
    "max_concurrency = 0",
  ])("cannot be senseless: %s", async (assignment, { database }) => {
    await expect(set(database, brisa.organizationId, assignment)).rejects.toMatchObject({ code: "23514" });
  });

  test("are all told to whoever asks what changed, and only those that did", async ({ database, store }) => {
    const all = await store.listOrganizationSettings();
    expect(all.organizations.map(({ organizationId }) => organizationId)).toEqual(
      expect.arrayContaining([aurora.organizationId, brisa.organizationId]),
    );
    await database.sql("alter table organizations disable trigger user");
    await database.sql("update organizations set updated_at = now() - interval '1 hour'");
    await database.sql("alter table organizations enable trigger user");
    expect((await store.listOrganizationSettings(all.asOf)).organizations).toEqual([]);
    await set(database, brisa.organizationId, "debounce_ms = 1500, max_concurrency = 4");
    expect((await store.listOrganizationSettings(all.asOf)).organizations).toMatchObject([
      { organizationId: brisa.organizationId, agentEnabled: true, debounceMs: 1500, maxConcurrency: 4 },
    ]);
  });

  test("are each explained in docs/organization-settings.md, which explains nothing else", async ({ database }) => {
    const page = await readFile(new URL("../../../docs/organization-settings.md", import.meta.url), "utf8");
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    const explained = rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(explained.sort()).toEqual((await settingColumns(database)).sort());
    for (const row of rows) expect(row.split("|").filter((cell) => cell.trim() !== "")).toHaveLength(4);
  });
});

describe("an organization's buffers", () => {
  const book = (database: TestDatabase, day: string, from: string, to: string) =>
    database.sql<{ id: string }>(
      `insert into appointments (organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time)
       values ('${aurora.organizationId}', '${aurora.carlosContactId}', '${aurora.members.camila}', '${aurora.services.laser}', ${day}, '${from}', '${to}') returning id`,
    );
  /** A Wednesday, when Camila works from 10 to 19 with a break from 14 to 15. */
  const day = "(date_trunc('week', now()) + interval '16 days')::date";

  test("keep time free on both sides of an appointment, in what is offered and in what is booked", async ({
    database,
    store,
  }) => {
    await set(database, aurora.organizationId, "buffer_before_minutes = 15, buffer_after_minutes = 30");
    await database.sql("delete from organization_special_dates");
    await book(database, day, "11:30", "12:00");
    const [{ date } = { date: "" }] = await database.sql<{ date: string }>(`select ${day}::text as date`);
    const { chatIdentityId } = await store.beginTurn(turnOf(aurora.organizationId));
    const free = await store.checkAvailability({
      organizationId: aurora.organizationId,
      serviceId: aurora.services.laser,
      memberId: aurora.members.camila,
      from: date,
      to: date,
      chatIdentityId,
      limit: 100,
    });
    if (free.kind !== "slots") throw new Error(free.kind);
    const starts = free.slots.map(({ startTime }) => startTime).filter((start) => start < "14:00");
    // Before: its own 30 minutes, its buffer after and the other's before. After: the other's after and its own before.
    expect(starts).toEqual(["10:00", "10:15", "12:45", "13:00", "13:15", "13:30"]);
    await expect(book(database, day, "12:30", "13:00")).rejects.toMatchObject({ code: "23P01" });
    await book(database, day, "12:45", "13:15");
  });

  test("that grow later leave appointments alone that stand close together", async ({ database }) => {
    await set(database, aurora.organizationId, "buffer_before_minutes = 0, buffer_after_minutes = 0");
    const [first] = await book(database, `${day} + 7`, "10:00", "10:30");
    await book(database, `${day} + 7`, "10:30", "11:00");
    await set(database, aurora.organizationId, "buffer_after_minutes = 20");
    await database.sql(
      `update appointments set status = 'confirmada', notes = 'llega puntual' where id = '${first?.id}'`,
    );
    await expect(
      database.sql(`update appointments set start_time = '10:05', end_time = '10:25' where id = '${first?.id}'`),
    ).rejects.toMatchObject({ code: "23P01" });
    await set(database, aurora.organizationId, "buffer_after_minutes = 0");
  });
});

describe("what models cost", () => {
  const priced = { chat: "k1_a", model: "gpt-4o", operation: "decide", calls: 1, unpriced: 0, input: 900, cached: 500 };
  const writeOf = (usd: number) => ({
    ...{ organizationId: brisa.organizationId, id: crypto.randomUUID(), at: new Date(), turns: 0, failedTurns: 0 },
    calls: [{ ...priced, output: 40, usd }],
  });

  test("adds up over replicas, and exactly one of them is told that the ceiling was reached", async ({
    database,
    store,
  }) => {
    await set(database, brisa.organizationId, "daily_spend_usd = 2");
    // What media uses counts and tells nobody.
    expect(await store.recordUsage(writeOf(2.5))).toMatchObject({ reached: false });
    await database.sql(
      "update model_spend set usd = 0, calls = 0, input_tokens = 0, cached_tokens = 0, output_tokens = 0",
    );
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => store.recordUsage(writeOf(0.4), { tells: true })),
    );
    expect(answers.filter(({ reached }) => reached)).toHaveLength(1);
    expect(Math.max(...answers.map(({ spentUsd }) => spentUsd))).toBeCloseTo(3.2, 6);
    expect((await store.beginTurn(turnOf(brisa.organizationId))).spentTodayUsd).toBeCloseTo(3.2, 6);
    expect(
      await database.sql(
        "select calls::int, input_tokens::int, cached_tokens::int, output_tokens::int from model_spend",
      ),
    ).toEqual([{ calls: 8, input_tokens: 7200, cached_tokens: 4000, output_tokens: 320 }]);
  });

  test("of yesterday does not count today", async ({ database, store }) => {
    await database.sql("update model_spend set day = day - 1");
    expect((await store.beginTurn(turnOf(brisa.organizationId))).spentTodayUsd).toBe(0);
    expect(await store.recordUsage(writeOf(0.4))).toMatchObject({
      spentUsd: 0.4,
      ceilingUsd: 2,
      reached: false,
    });
  });

  test("cannot be less than nothing", async ({ store }) => {
    await expect(store.recordUsage(writeOf(-1))).rejects.toMatchObject({
      code: "invalid-usage",
    });
  });
});

test("one draft of a conversation is open, the newest, and all go with the organization's retention", async ({
  database,
  store,
}) => {
  const { organizationId } = aurora;
  const { chatIdentityId } = await store.beginTurn(turnOf(organizationId));
  const draft = { organizationId, chatIdentityId, messages: [{ kind: "text", text: "Hola" }], actions: [] };
  const words = { promptVersion: "v3", model: "gpt-4o" };
  for (const id of ["draft-1", "draft-2", "draft-2"]) await store.saveDraft({ ...draft, ...words, id });
  const open = "select id, closed_at is null as open from reply_drafts order by id";
  expect(await database.sql(open)).toEqual([
    { id: "draft-1", open: false },
    { id: "draft-2", open: true },
  ]);
  await database.sql("update reply_drafts set created_at = now() - interval '366 days' where id = 'draft-1'");
  await database.sql("select purge_expired()");
  expect(await database.sql(open)).toEqual([{ id: "draft-2", open: true }]);
});
