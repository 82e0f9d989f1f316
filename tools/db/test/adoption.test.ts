import { migrate, openPglite, type SqlEngine, supabaseFolder } from "@skytide/embedded";
import { test } from "@skytide/testing";
import { describe, expect } from "vitest";
import { buildCrm, CRMS, catalogOf, columnsOf, hasCrm, rowsOf } from "./crm.ts";
import { adoptionFile, asCrm, call, codeOf, findings } from "./crm-calls.ts";

const central = "11111111-0000-4000-8000-000000000001";
const ana = "11111111-0000-4000-8000-000000000011";
const rosa = "11111111-0000-4000-8000-000000000031";
const consulta = "11111111-0000-4000-8000-000000000021";
const norte = "22222222-0000-4000-8000-000000000001";
const appointment = (n: number) => `11111111-0000-4000-8000-0000000001${String(n).padStart(2, "0")}`;

const insertAppointment = (date: string, start: string, end: string) => `
  insert into public.appointments (organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time, status, created_by)
  values ('${central}', '${rosa}', '${ana}', '${consulta}', ${date}, '${start}', '${end}', 'programada', '${ana}') returning id`;

const CASES = (["PGlite", "PostgreSQL"] as const).flatMap((on) => CRMS.map((crm) => ({ on, crm })));

describe.for(CASES)("$crm, on $on", { timeout: 180_000 }, ({ on, crm }) => {
  let missing = "";
  let engine: SqlEngine;
  let columns: Map<string, string[]>;
  let catalog: string[];
  let rows: Record<string, unknown[]>;
  let applied: string[];

  function adopted(title: string, work: () => Promise<void>): void {
    test(title, async ({ skip }) => {
      skip(missing !== "", missing);
      await work();
    });
  }

  test.beforeAll(async ({ postgres }) => {
    if (!hasCrm(crm)) missing = "the description of the CRM's tables is not beside this repository";
    if (on === "PostgreSQL" && postgres === undefined) missing = "there is no PostgreSQL 15 or later on this machine";
    if (missing !== "") return;
    engine =
      (on === "PostgreSQL" && (await postgres?.open(`crm_${CRMS.indexOf(crm)}`, { migrated: false }))) ||
      (await openPglite());
    await buildCrm(engine, crm);
    columns = await columnsOf(engine);
    // Written by the migrations where it was null; the one value of the CRM's that they touch.
    columns.set("chat_messages", columns.get("chat_messages")?.filter((name) => name !== "organization_id") ?? []);
    catalog = await catalogOf(engine);
    rows = await rowsOf(engine, columns);
  }, 180_000);
  // The server's are closed by the fixture, which still has to be able to.
  test.afterAll(async () => {
    if (on === "PGlite") await engine?.close();
  });

  adopted("is looked at first, and nothing is changed by that", async () => {
    const found = await findings(engine, "before.sql");
    expect(found).toMatchObject({
      "Active appointments of one person that overlap": "repair 3",
      "Appointments that do not end after they start": "repair 1",
      "Appointments with a status that the agent does not know": "repair 1",
      "Appointments with a contact of another organization": "repair 1",
    });
    expect(Object.values(found).filter((count) => count.startsWith("stop"))).toEqual([]);
    expect(await catalogOf(engine)).toEqual(catalog);
  });

  adopted(
    "keeps its columns, keys, triggers, policies, functions and rows, however often the migrations run",
    async () => {
      ({ applied } = await migrate(engine, { folder: supabaseFolder, skipUnavailable: true }));
      expect(applied).toContain("appointments");
      const once = await catalogOf(engine);
      expect(catalog.filter((part) => !once.includes(part))).toEqual([]);
      expect(await rowsOf(engine, columns)).toEqual(rows);

      expect((await migrate(engine, { folder: supabaseFolder, skipUnavailable: true })).applied).toEqual([]);
      await engine.script("delete from supabase_migrations.schema_migrations");
      await migrate(engine, { folder: supabaseFolder, skipUnavailable: true });
      expect(await catalogOf(engine)).toEqual(once);
      expect(await rowsOf(engine, columns)).toEqual(rows);
    },
  );

  adopted("exempts exactly the appointments that overlapped", async () => {
    const exempt = await engine.query(
      "select appointment_id, overlap_exemption from private.overlapping_appointments order by 1",
    );
    expect(exempt.rows.map(({ appointment_id: id }) => id)).toEqual([
      appointment(1),
      appointment(2),
      appointment(3),
      "22222222-0000-4000-8000-000000000101",
      "22222222-0000-4000-8000-000000000102",
    ]);
    expect(new Set(exempt.rows.map(({ overlap_exemption: group }) => group)).size).toBe(2);
  });

  adopted("says afterwards what is left to repair", async () => {
    const found = await findings(engine, "after.sql");
    expect(found).toMatchObject({
      "Old rows break this constraint; it holds for new ones. After repairing them run this": "repair 3",
      "Active appointments that overlapped already and are exempt": "repair 2",
    });
    expect(Object.values(found).filter((count) => count.startsWith("stop"))).toEqual([]);
  });

  adopted("has its profiles as members, and the agent as an inactive one that nobody can use", async () => {
    const { rows: members } = await engine.query(
      "select first_name, is_active from public.members where organization_id = $1 and not is_system order by 1",
      [central],
    );
    expect(members).toEqual([
      { first_name: "Ana", is_active: true },
      { first_name: "Beto", is_active: true },
    ]);
    await engine.query("select private.system_member($1)", [central]);
    const { rows: system } = await engine.query(
      "select organization_id, is_active from public.profiles where is_system",
    );
    expect(system).toEqual([{ organization_id: central, is_active: false }]);
  });

  adopted("is served: a turn begins, free time is found, booked, moved and cancelled", async () => {
    const turn = await call(engine, "begin_turn", {
      p_organization_id: central,
      p_chat: "v1.rosa",
      p_platform: "whatsapp",
      p_platform_user_id: "573001110001",
    });
    expect(turn).toMatchObject({
      ok: true,
      chatIdentityId: "11111111-0000-4000-8000-000000000041",
      contact: { id: rosa },
    });
    const in4days = new Date(Date.now() + 4 * 86_400_000).toISOString().slice(0, 10);
    const free = await call(engine, "check_availability", {
      p_organization_id: central,
      p_service_id: consulta,
      p_from: in4days,
      p_member_id: ana,
    });
    const [slot, later] = free.slots as { startsAt: string }[];
    if (!slot || !later) throw new Error("no free time");
    const own = { p_organization_id: central, p_chat_identity_id: String(turn.chatIdentityId) };
    const wish = {
      ...own,
      p_service_id: consulta,
      p_starts_at: slot.startsAt,
      p_member_id: ana,
      p_idempotency_key: "adopted 1",
    };
    const booked = await call(engine, "book_appointment", wish);
    expect(booked).toMatchObject({ ok: true, contactId: rosa, replayed: false });
    expect(await call(engine, "book_appointment", wish)).toMatchObject({ ok: true, replayed: true });
    const id = { ...own, p_appointment_id: (booked.appointment as { id: string }).id };
    expect(
      await call(engine, "reschedule_appointment", {
        ...id,
        p_starts_at: later.startsAt,
        p_idempotency_key: "adopted 2",
      }),
    ).toMatchObject({ ok: true });
    expect(await call(engine, "cancel_appointment", id)).toMatchObject({ ok: true });
    expect(
      await call(engine, "begin_turn", {
        p_organization_id: norte,
        p_chat: "v1.lia",
        p_platform: "whatsapp",
        p_platform_user_id: "573001110003",
      }),
    ).toMatchObject({
      contact: { firstName: "Lía" },
    });
  });

  adopted("offers no time over the appointments that it had", async () => {
    const in3days = await engine.query("select (current_date + 3)::text as day");
    const free = await call(engine, "check_availability", {
      p_organization_id: central,
      p_service_id: consulta,
      p_from: String(in3days.rows[0]?.day),
      p_member_id: ana,
      p_limit: "500",
    });
    const starts = (free.slots as { startTime: string }[]).map(({ startTime }) => startTime);
    expect(starts).toContain("11:15");
    expect(
      starts.filter((start) => (start > "09:30" && start < "11:10") || (start > "13:30" && start < "15:00")),
    ).toEqual([]);
  });

  adopted("goes on being written by the CRM's pages, in the CRM's own way", async () => {
    const [made] = await asCrm(engine, { crm, user: ana }, insertAppointment("current_date + 3", "15:00", "15:30"));
    const kept = await engine.query(
      "select starts_at is not null as filled, blocked_until is not null as blocked from public.appointments where id = $1",
      [made?.id],
    );
    expect(kept.rows).toEqual([{ filled: true, blocked: true }]);
    // An exempt row may be edited, confirmed and cancelled where it stands.
    await asCrm(
      engine,
      { crm, user: ana },
      `update public.appointments set status = 'confirmada', notes = 'llega tarde' where id = '${appointment(1)}'`,
    );
    await asCrm(
      engine,
      { crm, user: ana },
      `update public.appointments set status = 'cancelada' where id = '${appointment(3)}'`,
    );
    await asCrm(
      engine,
      { crm, user: ana },
      `update public.chat_identities set bot_enabled = false where id = '11111111-0000-4000-8000-000000000041'`,
    );
    await asCrm(
      engine,
      { crm, user: ana },
      `insert into public.chat_messages (chat_identity_id, direction, message, received_via) values ('11111111-0000-4000-8000-000000000041', 'outgoing', 'te escribo yo', 'whatsapp')`,
    );
    const { rows: told } = await engine.query(
      "select type, count(*)::int as times from public.outbox where organization_id = $1 group by 1 order by 1",
      [central],
    );
    expect(told).toContainEqual({ type: "bot.paused", times: 1 });
    expect(told).toContainEqual({ type: "appointment.cancelled", times: 2 });
    const { rows: messages } = await engine.query(
      "select count(*)::int as known from public.chat_messages where organization_id = $1",
      [central],
    );
    expect(messages).toEqual([{ known: 3 }]);
  });

  adopted("refuses a new overlap, also with an exempt row, and an exempt row that moves onto another", async () => {
    expect(
      await codeOf(asCrm(engine, { crm, user: ana }, insertAppointment("current_date + 3", "14:15", "14:45"))),
    ).toBe("23P01");
    expect(
      await codeOf(asCrm(engine, { crm, user: ana }, insertAppointment("current_date + 3", "10:20", "10:40"))),
    ).toBe("23P01");
    expect(
      await codeOf(
        asCrm(
          engine,
          { crm, user: ana },
          `update public.appointments set start_time = '14:10', end_time = '14:40' where id = '${appointment(2)}'`,
        ),
      ),
    ).toBe("23P01");
    expect(
      await codeOf(asCrm(engine, { crm, user: ana }, insertAppointment("current_date + 3", "11:30", "11:15"))),
    ).toBe("23514");
  });

  adopted("is given back as it was, with all its rows and those that came since", async () => {
    const now = await rowsOf(engine, columns);
    await engine.script(await adoptionFile("undo.sql"));
    expect((await catalogOf(engine)).filter((part) => part !== "schema supabase_migrations")).toEqual(catalog);
    expect(await rowsOf(engine, columns)).toEqual(now);
    expect(
      await codeOf(asCrm(engine, { crm, user: ana }, insertAppointment("current_date + 3", "14:15", "14:45"))),
    ).toBe("done");
    await expect(engine.script(await adoptionFile("undo.sql"))).rejects.toThrow("did not adopt this database");
    expect((await migrate(engine, { folder: supabaseFolder, skipUnavailable: true })).applied).toEqual(applied);
  });
});

test("a database where somebody else has our names is left alone", { timeout: 120_000 }, async () => {
  const engine = await openPglite();
  await engine.script(
    "create table public.outbox (id int); create schema private; create function private.mine() returns int language sql as 'select 1'",
  );
  await expect(migrate(engine, { folder: supabaseFolder })).rejects.toThrow(
    "has the schema private, the table outbox already",
  );
  await engine.close();
});
