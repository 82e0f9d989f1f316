import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SqlEngine } from "@skytide/embedded";
import { supabaseFolder } from "@skytide/embedded";
import { demo, test } from "@skytide/testing";
import { describe, expect } from "vitest";

const { aurora } = demo;

/** The races that PGlite's single session hides. */
async function open(
  postgres: { open(name: string, o: { connections: number }): Promise<SqlEngine> } | undefined,
  name: string,
  skip: (why: string) => never,
) {
  if (postgres === undefined) skip("skipped: there is no PostgreSQL 15 or later on this machine");
  else {
    const engine = await postgres.open(name, { connections: 50 });
    await engine.script(await readFile(join(supabaseFolder, "seed.sql"), "utf8"));
    await engine.script("update organizations set booking_horizon_days = 730");
    return engine;
  }
  throw new Error("unreachable");
}

async function identities(engine: SqlEngine, count: number): Promise<string[]> {
  const { rows } = await engine.query(
    `insert into chat_identities (organization_id, platform_user_id, chat)
     select $1, (573200000000 + n)::text, 'race' || n from generate_series(1, $2::int) n
     on conflict (organization_id, platform, platform_user_id) do update set last_seen = now() returning id`,
    [aurora.organizationId, count],
  );
  return rows.map(({ id }) => String(id));
}

async function call(engine: SqlEngine, text: string, parameters: unknown[]) {
  const { rows } = await engine.query(`select ${text} as answer`, parameters);
  return rows[0]?.answer as {
    ok: boolean;
    code?: string;
    replayed?: boolean;
    alternatives?: unknown[];
    appointment?: { id: string };
  };
}

function book(
  engine: SqlEngine,
  identity: string | undefined,
  startsAt: string,
  key: string,
  memberId: string | null = aurora.members.valentina,
) {
  return call(engine, "book_appointment($1, $2, $3, $4, $5, $6, 'Ana', 'Ruiz')", [
    aurora.organizationId,
    identity,
    aurora.services.facial,
    startsAt,
    key,
    memberId,
  ]);
}

/** One start per day at which everybody named is free. */
async function freeStarts(engine: SqlEngine, memberIds: readonly string[], count: number): Promise<string[]> {
  const { rows } = await engine.query(
    `select to_char(min(starts_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
     from (select starts_at from private.free_starts($1, $2, now() + interval '2 days', now() + interval '200 days', $3::uuid[])
           group by starts_at having count(*) = cardinality($3::uuid[])) both_free
     group by starts_at::date order by 1 limit $4`,
    [aurora.organizationId, aurora.services.facial, memberIds, count],
  );
  return rows.map(({ at }) => String(at));
}

async function overlaps(engine: SqlEngine): Promise<number> {
  const { rows } = await engine.query(
    `select count(*)::int as n from appointments a join appointments b on a.member_id = b.member_id and a.id < b.id
       and a.status in ('programada', 'confirmada') and b.status in ('programada', 'confirmada')
       and tstzrange(a.blocked_from, a.blocked_until) && tstzrange(b.blocked_from, b.blocked_until)`,
  );
  return Number(rows[0]?.n);
}

describe("on a PostgreSQL server with real concurrency", { timeout: 180_000 }, () => {
  test("of 50 bookings of one slot at once one wins, in every one of 20 rounds, and the rest are offered alternatives", async ({
    postgres,
    skip,
  }) => {
    const engine = await open(postgres, "one_slot", skip);
    const people = await identities(engine, 50);
    const starts = await freeStarts(engine, [aurora.members.valentina], 20);
    expect(starts).toHaveLength(20);
    for (const [round, startsAt] of starts.entries()) {
      const answers = await Promise.all(people.map((person, n) => book(engine, person, startsAt, `r${round}-${n}`)));
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      const refused = answers.filter(({ ok }) => !ok);
      expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(["slot_taken"]));
      expect(refused.every(({ alternatives }) => alternatives?.length === 3)).toBe(true);
    }
    expect(await overlaps(engine)).toBe(0);
  });

  test("a key that 50 callers repeat at once is one appointment, and so is one wish under 50 keys", async ({
    postgres,
    skip,
  }) => {
    const engine = await open(postgres, "one_key", skip);
    const [person] = await identities(engine, 1);
    const [first = "", second = ""] = await freeStarts(engine, [aurora.members.valentina], 2);
    const sameKey = await Promise.all(Array.from({ length: 50 }, () => book(engine, person, first, "same")));
    expect(sameKey.every(({ ok }) => ok)).toBe(true);
    expect(sameKey.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(sameKey.map(({ appointment }) => appointment?.id)).size).toBe(1);
    const manyKeys = await Promise.all(Array.from({ length: 50 }, (_, n) => book(engine, person, second, `k${n}`)));
    expect(manyKeys.filter(({ ok, replayed }) => ok && !replayed)).toHaveLength(1);
    expect(new Set(manyKeys.map(({ appointment }) => appointment?.id)).size).toBe(1);
  });

  test("reschedules that cross each other, with bookings and the CRM's own edits beside, end without a deadlock", async ({
    postgres,
    skip,
  }) => {
    const engine = await open(postgres, "crossing", skip);
    const [one, two, three] = await identities(engine, 3);
    const starts = await freeStarts(engine, [aurora.members.camila, aurora.members.valentina], 40);
    expect(starts).toHaveLength(40);
    const move = (
      person: string | undefined,
      id: string | undefined,
      to: string | undefined,
      memberId: string,
      key: string,
    ) =>
      call(engine, "reschedule_appointment($1, $2, $3, $4, $5, $6)", [
        aurora.organizationId,
        person,
        id,
        to,
        key,
        memberId,
      ]);
    for (let round = 0; round < 40; round += 1) {
      const startsAt = starts[round] ?? "";
      const a = await book(engine, one, startsAt, `a${round}`, aurora.members.camila);
      const b = await book(engine, two, startsAt, `b${round}`, aurora.members.valentina);
      const answers = await Promise.all([
        move(one, a.appointment?.id, startsAt, aurora.members.valentina, `ma${round}`),
        move(two, b.appointment?.id, startsAt, aurora.members.camila, `mb${round}`),
        book(engine, three, startsAt, `c${round}`, null),
        engine
          .query("update appointments set notes = 'CRM', member_id = $2 where id = $1", [
            a.appointment?.id,
            aurora.members.valentina,
          ])
          .then(
            () => ({ ok: true, code: "" }),
            (error: { code: string }) => ({ ok: false, code: error.code }),
          ),
      ]);
      for (const { ok, code } of answers) if (!ok) expect(["slot_taken", "outside_hours", "23P01"]).toContain(code);
    }
    expect(await overlaps(engine)).toBe(0);
  });

  test("50 equal recordings at once are one message, and 50 claims of one send are one claim", async ({
    postgres,
    skip,
  }) => {
    const engine = await open(postgres, "records", skip);
    const event = {
      id: "e1",
      type: "message.received",
      org: aurora.organizationId,
      chat: "race1",
      time: "2026-11-20T10:00:00Z",
      data: {
        platform: "whatsapp",
        providerMessageId: "p1",
        customer: { platformUserId: "573200000001" },
        app: "AuroraDemo",
        content: { kind: "text", text: "hola" },
        sentAt: new Date().toISOString(),
        receivedAt: new Date().toISOString(),
      },
    };
    const recorded = await Promise.all(
      Array.from({ length: 50 }, () => call(engine, "record_events($1::jsonb, '')", [JSON.stringify([event])])),
    );
    expect(recorded.filter((answer) => "recorded" in answer && answer.recorded === 1)).toHaveLength(1);
    const claims = await Promise.all(
      Array.from({ length: 50 }, () =>
        call(engine, "claim_send($1, 'race1', 'reply', 0, 1, 1, false)", [aurora.organizationId]),
      ),
    );
    expect(
      claims.filter((answer) => "claim" in answer && (answer.claim as { kind: string }).kind === "claimed"),
    ).toHaveLength(1);
  });
});
