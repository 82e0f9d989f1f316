-- Ground for everything else: extensions, types, and the helpers that let every migration run twice, on an empty
-- project and on a database in which the CRM's own tables stand already (docs/data.md, "An existing CRM").

-- Names that we need and that somebody else has already: better nothing at all than half of each.
do $$
declare v_taken text;
begin
  if to_regclass('private.adopted') is not null then return; end if;
  select string_agg(name, ', ') into v_taken from (
    select 'the schema private' as name where exists (select 1 from pg_class where relnamespace = to_regnamespace('private'))
      or exists (select 1 from pg_proc where pronamespace = to_regnamespace('private'))
    union all
    select 'the table ' || relname from pg_class where relnamespace = 'public'::regnamespace and relname in ('message_receipts', 'recorder_backlog',
      'outbound_sends', 'escalations', 'notice_sends', 'appointment_history', 'appointment_requests', 'outbox')) taken;
  if v_taken is not null then
    raise exception 'This database has % already, under names that the agent needs. See docs/adoption.md.', v_taken;
  end if;
end $$;

create schema if not exists extensions;
create schema if not exists private;   -- helpers; never exposed over HTTP
create extension if not exists btree_gist with schema extensions;
create extension if not exists unaccent with schema extensions;

do $$
begin
  if to_regtype('public.app_role') is null then create type public.app_role as enum ('superadmin', 'admin', 'member'); end if;
  if to_regtype('public.chat_platform') is null then create type public.chat_platform as enum ('whatsapp', 'messenger', 'instagram'); end if;
  if to_regtype('public.media_type') is null then create type public.media_type as enum ('image', 'audio', 'video', 'file'); end if;
  if to_regtype('public.message_direction') is null then create type public.message_direction as enum ('incoming', 'outgoing'); end if;
end $$;

-- The functions that the stages call, and no others.
create or replace function private.own_functions() returns text[] language sql immutable set search_path = pg_catalog as $$
  select array[
    'list_connections', 'health', 'record_events', 'begin_turn', 'find_identity', 'check_availability', 'book_appointment',
    'cancel_appointment', 'confirm_appointment', 'reschedule_appointment', 'search_knowledge', 'ingest_knowledge',
    'list_unembedded_knowledge', 'write_embeddings', 'match_documents_by_org', 'raise_escalation', 'settle_escalation', 'set_bot_enabled', 'resume_due_bots', 'record_consent',
    'erase_contact', 'purge_expired', 'begin_notice', 'claim_notice', 'settle_notice', 'claim_send', 'settle_send',
    'find_unmatched_receipt', 'last_receipt_at', 'list_unknown_sends', 'claim_outbox', 'mark_outbox_published', 'begin_media']
$$;

-- The CRM's tables and functions that stood here before us, and which columns, constraints and indexes a table had: what
-- supabase/adoption/undo.sql must leave alone. Their row level security, policies and grants stay as they are. Filled
-- once, by the first run: later runs would take our own for the CRM's.
do $$
begin
  if to_regclass('private.adopted') is not null then return; end if;
  create table private.adopted (name text primary key, parts text[] not null default '{}', adopted_at timestamptz not null default now());
  insert into private.adopted (name, parts)
  select proname, '{}' from pg_proc where pronamespace = 'public'::regnamespace and proname = any (private.own_functions())
  union
  select c.relname, array(
      select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
      union select conname::text from pg_constraint where conrelid = c.oid
      union select indexrelid::regclass::text from pg_index where indrelid = c.oid)
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname = any (array[
    'organizations', 'profiles', 'members', 'platform_connections', 'services', 'service_assignments', 'organization_availability',
    'member_availability', 'organization_special_dates', 'member_special_dates', 'contacts', 'contact_authorizations',
    'chat_identities', 'chat_messages', 'appointments', 'internal_notifications_config', 'knowledge_base']);
end $$;

create or replace function private.is_adopted(p_name text) returns boolean
language sql stable set search_path = pg_catalog as $$
  select exists (select 1 from private.adopted where name = p_name)
$$;

-- Adds a constraint once. Rows of an adopted table that break it do not stop the migration: it then counts for every
-- row written from now on (NOT VALID), and the warning says how to see the old ones.
create or replace procedure private.add_constraint(p_table regclass, p_name text, p_definition text)
language plpgsql set search_path = public, extensions as $$
begin
  if exists (select 1 from pg_constraint where conrelid = p_table and conname = p_name) then return; end if;
  begin
    execute format('alter table %s add constraint %I %s', p_table, p_name, p_definition);
  exception when check_violation or foreign_key_violation then
    execute format('alter table %s add constraint %I %s not valid', p_table, p_name, p_definition);
    raise warning 'Rows of % break the constraint %; it holds for new rows only. After repairing them: alter table % validate constraint %',
      p_table, p_name, p_table, p_name;
  end;
end $$;

-- Supabase grants functions of "public" to everybody by default, and Postgres grants every new function to PUBLIC.
-- Every migration that creates functions ends with this call. (A global "alter default privileges … revoke" is no
-- substitute: it would also hide the functions of extensions that are created later.)
-- It also switches compilation off where a call comes in: planning thinks the availability query expensive and compiles
-- it for seconds, to save microseconds of the milliseconds that it runs.
create or replace procedure private.lock_down_functions() language plpgsql set search_path = pg_catalog as $$
declare f record;
begin
  for f in
    select p.oid::regprocedure as signature, n.nspname, p.prokind
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'private')
      and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
      -- The CRM's own functions are not ours to lock.
      and (n.nspname = 'private' or (p.proname = any (private.own_functions()) and not private.is_adopted(p.proname)))
  loop
    execute format('revoke execute on %s %s from public, anon, authenticated', case f.prokind when 'p' then 'procedure' else 'function' end, f.signature);
    execute format('grant execute on %s %s to service_role', case f.prokind when 'p' then 'procedure' else 'function' end, f.signature);
    if f.nspname = 'public' and f.prokind = 'f' then execute format('alter function %s set jit = off', f.signature); end if;
  end loop;
  if to_regprocedure('private.my_organizations(public.app_role[])') is not null then
    grant execute on function private.my_organizations(public.app_role[]) to authenticated;
  end if;
end $$;

-- ------------------------------------------------------------ small helpers

-- The answer of every function is {"ok":true,…} or {"ok":false,"code":…,…}: a refusal is an answer, only faults raise.
create or replace function private.refuse(p_code text, p_facts jsonb default '{}') returns jsonb
language sql immutable set search_path = pg_catalog as $$ select jsonb_build_object('ok', false, 'code', p_code) || p_facts $$;

create or replace function private.touch() returns trigger language plpgsql set search_path = pg_catalog as $$
begin new.updated_at := now(); return new; end $$;

create or replace function private.digits(p_text text) returns text
language sql immutable strict set search_path = pg_catalog as $$ select regexp_replace(p_text, '[^0-9]', '', 'g') $$;

-- The same text gives the same id: a UUID of version 8 (RFC 9562), made from a hash.
create or replace function private.derived_uuid(p_text text) returns uuid
language sql immutable strict set search_path = pg_catalog as $$
  select overlay(overlay(md5(p_text) placing '8' from 13 for 1) placing '8' from 17 for 1)::uuid
$$;

-- A full number as the CRM keeps it: country code with + and national number. ITU calling codes have one digit (1, 7),
-- two (the listed ones) or three; the choice is not one expression, because the longest alternative would always win.
create or replace function private.country_code_of(p_digits text) returns text
language sql immutable strict set search_path = pg_catalog as $$
  select '+' || coalesce(
    substring(p_digits from '^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])'),
    left(p_digits, 3))
$$;

call private.lock_down_functions();
