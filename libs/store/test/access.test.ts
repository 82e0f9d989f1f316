import { demo, test } from "@skytide/testing";
import { describe, expect } from "vitest";

const { aurora, brisa, customers } = demo;

type Sql = (text: string, parameters?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/** What a CRM user sees or does: one statement as the role and the person that a token names. */
async function as(sql: Sql, role: "anon" | "authenticated", userId: string | null, statement: string) {
  const claims = JSON.stringify({ role, ...(userId === null ? {} : { sub: userId }) });
  await sql("select set_config('request.jwt.claims', $1, false)", [claims]);
  await sql(`set role ${role}`);
  try {
    return await sql(statement);
  } finally {
    await sql("reset role");
    await sql("select set_config('request.jwt.claims', '', false)");
  }
}

const tablesSql = "select tablename as name from pg_tables where schemaname = 'public' order by 1";

describe("the wall between tenants", () => {
  test("a CRM user sees the rows of their own organization and nothing of another", async ({ database: { sql } }) => {
    const tables = await sql<{ name: string }>(tablesSql);
    let seen = 0;
    for (const { name } of tables) {
      const column = name === "organizations" ? "id" : "organization_id";
      const rows = await as(
        sql,
        "authenticated",
        brisa.members.lucia,
        `select ${column} as owner from public.${name}`,
      ).catch((error: { code?: string }) => (error.code === "42501" ? [] : Promise.reject(error)));
      seen += rows.length;
      expect(
        rows.filter(({ owner }) => owner !== brisa.organizationId),
        name,
      ).toEqual([]);
    }
    expect(seen).toBeGreaterThan(10);
  });

  test("a stranger and a user without a profile see nothing at all", async ({ database: { sql } }) => {
    for (const { name } of await sql<{ name: string }>(tablesSql)) {
      await expect(as(sql, "anon", null, `select 1 from public.${name}`), name).rejects.toMatchObject({
        code: "42501",
      });
      const rows = await as(sql, "authenticated", crypto.randomUUID(), `select 1 from public.${name}`).catch(() => []);
      expect(rows, name).toEqual([]);
    }
  });

  test("every table has row level security, and every function is closed to all but the service role", async ({
    database: { sql },
  }) => {
    expect(
      await sql(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not relrowsecurity",
      ),
    ).toEqual([]);
    const open = await sql(
      `select p.oid::regprocedure::text as fn from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname in ('public', 'private') and p.proname <> 'my_organizations'
         and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute'))`,
    );
    expect(open).toEqual([]);
    const unreachable = await sql(
      "select proname from pg_proc where pronamespace = 'public'::regnamespace and not has_function_privilege('service_role', oid, 'execute')",
    );
    expect(unreachable).toEqual([]);
    const unlisted = await sql(
      "select proname from pg_proc where pronamespace = 'public'::regnamespace and proname <> all (private.own_functions())",
    );
    expect(unlisted).toEqual([]);
  });

  test("a CRM user cannot write into another organization, nor move a row there", async ({ database: { sql } }) => {
    const user = aurora.members.valentina;
    await expect(
      as(
        sql,
        "authenticated",
        user,
        `insert into contacts (organization_id, first_name, created_by) values ('${brisa.organizationId}', 'X', '${user}')`,
      ),
    ).rejects.toMatchObject({ code: "42501" });
    await expect(
      as(
        sql,
        "authenticated",
        user,
        `update contacts set organization_id = '${brisa.organizationId}' where id = '${aurora.carlosContactId}'`,
      ),
    ).rejects.toMatchObject({ code: "42501" });
    const foreign = await as(
      sql,
      "authenticated",
      user,
      `update organizations set name = 'x' where id = '${brisa.organizationId}' returning id`,
    );
    expect(foreign).toEqual([]);
  });

  test("not even the owner of the database can point a row at another organization's", async ({
    database: { sql },
  }) => {
    const wrong = [
      `insert into service_assignments (service_id, member_id) values ('${brisa.services.cleaning}', '${aurora.members.valentina}')`,
      `insert into appointments (organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time)
       values ('${brisa.organizationId}', '${aurora.carlosContactId}', null, null, '2027-01-04', '10:00', '11:00')`,
      `insert into chat_identities (organization_id, platform_user_id, contact_id) values ('${brisa.organizationId}', '1', '${aurora.carlosContactId}')`,
      `insert into knowledge_base (content, metadata) values ('x', '{"organization_id": "${brisa.organizationId}", "service_id": "${aurora.services.facial}"}')`,
      `update services set assessment_service_id = '${brisa.services.assessment}' where id = '${aurora.services.facial}'`,
    ];
    for (const statement of wrong) await expect(sql(statement), statement).rejects.toMatchObject({ code: "23503" });
  });

  test("an admin changes the catalogue, a member does not, and neither reads a secret", async ({
    database: { sql },
  }) => {
    const rename = `update services set description = 'nuevo' where id = '${aurora.services.facial}' returning id`;
    expect(await as(sql, "authenticated", aurora.members.valentina, rename)).toHaveLength(1);
    expect(await as(sql, "authenticated", aurora.members.camila, rename)).toEqual([]);
    for (const column of ["gupshup_api_key", "webhook_secret"])
      await expect(
        as(sql, "authenticated", aurora.members.valentina, `select ${column} from platform_connections`),
      ).rejects.toMatchObject({ code: "42501" });
  });
});

describe("the CRM's pages", () => {
  test("switch the agent off and book, and the log hears of both", async ({ database: { sql } }) => {
    await sql("insert into chat_identities (organization_id, platform_user_id) values ($1, $2)", [
      aurora.organizationId,
      customers.diego,
    ]);
    await sql("update outbox set published_at = now()");
    const user = aurora.members.camila;
    await as(
      sql,
      "authenticated",
      user,
      `update chat_identities set bot_enabled = false where platform_user_id = '${customers.diego}'`,
    );
    await as(
      sql,
      "authenticated",
      user,
      `insert into appointments (organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time, status, created_by)
       values ('${aurora.organizationId}', '${aurora.carlosContactId}', '${aurora.members.camila}', '${aurora.services.laser}', current_date + 20, '11:00', '11:30', 'programada', '${user}')`,
    );
    const told = await sql(
      "select type, data ->> 'reason' as reason from outbox where published_at is null order by id",
    );
    expect(told).toEqual([
      { type: "bot.paused", reason: "crm" },
      { type: "appointment.booked", reason: null },
    ]);
    const [row] = await sql(
      "select starts_at is not null and blocked_until >= ends_at as filled from appointments where member_id = $1 and appointment_date = current_date + 20",
      [user],
    );
    expect(row).toEqual({ filled: true });
  });

  test("cannot book two people's time twice, nor a treatment without its assessment, nor hours that end before they start", async ({
    database: { sql },
  }) => {
    const book = (serviceId: string, from: string, to: string) =>
      as(
        sql,
        "authenticated",
        aurora.members.andres,
        `insert into appointments (organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time, created_by)
         values ('${aurora.organizationId}', '${aurora.carlosContactId}', '${aurora.members.andres}', '${serviceId}', current_date + 25, '${from}', '${to}', '${aurora.members.andres}')`,
      );
    await book(aurora.services.assessment, "10:00", "10:20");
    await expect(book(aurora.services.assessment, "10:10", "10:30")).rejects.toMatchObject({ code: "23P01" });
    await expect(book(aurora.services.botulinum, "11:00", "11:40")).rejects.toMatchObject({ code: "23514" });
    await expect(book(aurora.services.assessment, "12:00", "11:00")).rejects.toMatchObject({
      code: expect.stringMatching(/^(23514|22000)$/),
    });
  });
});
