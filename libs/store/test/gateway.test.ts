import { test as base, type TestDatabase } from "@skytide/testing";
import { createClient } from "@supabase/supabase-js";
import { describe, expect } from "vitest";

/**
 * What of PostgREST our client relies on, through that client itself: of the embedded gateway in `npm test`, of PostgREST
 * itself in `npm run test:containers`.
 */
const test = base
  .extend("client", async ({ database }, { onCleanup }) => {
    await database.sql("drop schema if exists probe cascade");
    await database.sql("create schema probe");
    for (const definition of probes) await database.sql(definition);
    await database.sql(forProbes("grant execute on function %s to anon, authenticated, service_role"));
    await database.learn();
    onCleanup(async () => void (await database.sql(forProbes("drop function %s"))));
    return createClient(database.url, database.serviceRoleKey, { auth: { persistSession: false } });
  })
  .extend("stranger", ({ database }) =>
    createClient(database.url, database.anonKey, { auth: { persistSession: false } }),
  );

/** Does something with each of the functions below. */
const forProbes = (what: string) => `do $$ declare f regprocedure; begin
  for f in select oid from pg_proc where proname like 'probe\\_%' loop execute format('${what}', f); end loop; end $$`;

const probes = [
  `create or replace function public.probe_echo(p_uuid uuid, p_date date default null, p_list int[] default null, p_json jsonb default null)
   returns jsonb language sql immutable as $$ select jsonb_build_object('uuid', p_uuid, 'date', p_date, 'list', p_list, 'json', p_json) $$`,
  "create or replace function public.probe_void() returns void language sql as $$ select null $$",
  "create or replace function public.probe_text(p_text text) returns text language sql immutable as $$ select p_text $$",
  "create or replace function public.probe_null() returns int language sql immutable as $$ select null::int $$",
  "create or replace function public.probe_rows(p_count int) returns table (n int, t text) language sql immutable as $$ select i, 'r' || i from generate_series(1, p_count) i $$",
  "create or replace function public.probe_values() returns setof int language sql immutable as $$ select generate_series(1, 3) $$",
  `create or replace function public.probe_raise(p_state text) returns int language plpgsql as $$ begin raise exception 'because' using errcode = p_state, detail = 'd', hint = 'h'; end $$`,
  `create or replace function public.probe_who() returns text language sql stable as $$ select current_user::text || ' ' || (current_setting('request.jwt.claims')::jsonb ->> 'role') $$`,
  `create or replace function public.probe_half(p_fail boolean) returns int language plpgsql security definer as $$
   begin create table if not exists probe.half (a int); insert into probe.half values (1); if p_fail then raise exception 'no'; end if; return 1; end $$`,
  "create or replace function public.probe_stable_write() returns int language plpgsql stable as $$ begin return public.probe_half(false); end $$",
];

describe("a call", () => {
  test("casts its arguments as the parameters are declared", async ({ client }) => {
    const { data, error } = await client.rpc("probe_echo", {
      p_uuid: "A0000000-0000-4000-8000-000000000001",
      p_date: "2026-02-28",
      p_list: [1, 2],
      p_json: { a: 'it\'s \\ "quoted"' },
    });
    expect(error).toBeNull();
    expect(data).toEqual({
      uuid: "a0000000-0000-4000-8000-000000000001",
      date: "2026-02-28",
      list: [1, 2],
      json: { a: 'it\'s \\ "quoted"' },
    });
  });

  test("answers void, scalars, null, rows and values in PostgREST's shapes", async ({ client }) => {
    expect(await client.rpc("probe_void")).toMatchObject({ data: null, error: null, status: 204 });
    expect((await client.rpc("probe_text", { p_text: "señor 😀\n'" })).data).toBe("señor 😀\n'");
    expect((await client.rpc("probe_null")).data).toBeNull();
    expect((await client.rpc("probe_rows", { p_count: 2 })).data).toEqual([
      { n: 1, t: "r1" },
      { n: 2, t: "r2" },
    ]);
    expect((await client.rpc("probe_rows", { p_count: 0 })).data).toEqual([]);
    expect((await client.rpc("probe_values")).data).toEqual([1, 2, 3]);
    expect((await client.rpc("probe_rows", { p_count: 1 }).single()).data).toEqual({ n: 1, t: "r1" });
    expect(await client.rpc("probe_rows", { p_count: 2 }).single()).toMatchObject({
      status: 406,
      error: { code: "PGRST116" },
    });
  });

  test("to an unknown function or with an unknown argument is 404 PGRST202", async ({ client }) => {
    expect(await client.rpc("probe_nothing")).toMatchObject({ status: 404, error: { code: "PGRST202" } });
    expect(await client.rpc("probe_text", { p_text: "a", p_more: 1 })).toMatchObject({ error: { code: "PGRST202" } });
    expect(await client.rpc("probe_text", {})).toMatchObject({ error: { code: "PGRST202" } });
  });

  test("with a bad value is 400 with the value's SQLSTATE", async ({ client }) => {
    expect(await client.rpc("probe_echo", { p_uuid: "no" })).toMatchObject({ status: 400, error: { code: "22P02" } });
    const date = { p_uuid: crypto.randomUUID(), p_date: "2026-02-30" };
    expect(await client.rpc("probe_echo", date)).toMatchObject({ status: 400, error: { code: "22008" } });
    expect(await client.rpc("probe_text", { p_text: "a\u0000b" })).toMatchObject({
      status: 400,
      error: { code: "22P05" },
    });
  });

  test.for([
    ["08006", 503],
    ["23505", 409],
    ["23P01", 400],
    ["25006", 405],
    ["40P01", 500],
    ["42501", 403],
    ["53300", 503],
    ["57014", 500],
    ["P0001", 400],
    ["PT418", 418],
    ["XX000", 500],
  ] as const)("that raises %s answers %i with code, details and hint", async ([state, status], { client }) => {
    expect(await client.rpc("probe_raise", { p_state: state })).toMatchObject({
      data: null,
      status,
      error: { code: state, message: "because", details: "d", hint: "h" },
    });
  });

  test("runs as the key's role with its claims, and a stable function only reads", async ({ client, stranger }) => {
    expect((await client.rpc("probe_who")).data).toBe("service_role service_role");
    expect((await stranger.rpc("probe_who")).data).toBe("anon anon");
    expect(await client.rpc("probe_stable_write")).toMatchObject({ status: 405, error: { code: "25006" } });
  });

  test("that fails leaves nothing behind, and the next one starts clean", async ({ client, database }) => {
    await client.rpc("probe_half", { p_fail: false });
    expect((await client.rpc("probe_half", { p_fail: true })).error).not.toBeNull();
    expect(await database.sql("select count(*)::int as rows from probe.half")).toEqual([{ rows: 1 }]);
    expect(await database.sql("select current_user::text as who")).toEqual([{ who: "postgres" }]);
  });

  test("that is not a JSON object is refused", async ({ client: _, database }) => {
    expect((await send(database, "{")).status).toBe(400);
    expect((await send(database, "[1]")).status).toBe(400);
  });
});

// Beyond PostgREST: it takes GET for what only reads, sets no limit of its own, and files are another service's.
describe("only at the embedded gateway", () => {
  const own = test.extend("gateway", ({ database, skip }) =>
    database.kind === "gateway" ? database : skip("this is PostgREST itself"),
  );

  own("a call that is too large or not a POST is refused", async ({ client: _, gateway }) => {
    expect((await send(gateway, "", "GET")).status).toBe(405);
    const large = await send(gateway, JSON.stringify({ p_text: "a".repeat(17 * 1024 * 1024) })).then(
      ({ status }) => status,
      () => "closed",
    );
    expect([413, "closed"]).toContain(large);
  });

  own("a file is stored, read back, replaced and removed", async ({ gateway, client }) => {
    const bucket = client.storage.from("chat-media");
    const path = "a0000000-0000-4000-8000-000000000001/x/voice.ogg";
    const upload = (bytes: number[], upsert: boolean) =>
      bucket.upload(path, new Uint8Array(bytes), { contentType: "audio/ogg", upsert });
    expect((await upload([1, 2, 3], false)).error).toBeNull();
    expect((await upload([1], false)).error).not.toBeNull();
    expect((await upload([4, 5], true)).error).toBeNull();
    const read = await bucket.download(path);
    expect(read.data?.type).toBe("audio/ogg");
    expect(new Uint8Array((await read.data?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(new Uint8Array([4, 5]));
    expect((await bucket.remove([path, "nothing.txt"])).data).toHaveLength(1);
    expect((await bucket.download(path)).error).not.toBeNull();
    const outside = await fetch(`${gateway.url}/storage/v1/object/chat-media/..%2f..%2fkeys.json`, {
      headers: { apikey: gateway.serviceRoleKey },
    });
    expect(outside.status).toBe(400);
  });
});

function send({ url, serviceRoleKey }: TestDatabase, body: string, method = "POST"): Promise<Response> {
  const headers = { authorization: `Bearer ${serviceRoleKey}`, "content-type": "application/json" };
  return fetch(`${url}/rest/v1/rpc/probe_text`, { method, headers, ...(method === "POST" ? { body } : {}) });
}
