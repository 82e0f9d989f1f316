-- What an organization decides about its agent without code (docs/organization-settings.md says what each column means),
-- its buffers, and what its models cost per day.

-- A later migration names its functions with this: several may add to the list without knowing of each other.
create or replace procedure private.add_own_functions(p_names text[]) language plpgsql set search_path = pg_catalog as $$
begin
  execute format('create or replace function private.own_functions() returns text[] language sql immutable set search_path = pg_catalog as %L',
    format(' select %L::text[] ', (select array_agg(distinct name order by name) from unnest(private.own_functions() || p_names) name)));
end $$;

alter table public.organizations
  add column if not exists agent_languages text[] not null default '{es}',
  add column if not exists agent_greeting text,
  add column if not exists agent_policies text,
  add column if not exists handoff_words text[] not null default '{}',
  add column if not exists opt_out_words text[] not null default '{}',
  add column if not exists debounce_ms int,               -- null: the fleet's
  add column if not exists nudge_minutes int,             -- null: no nudge
  add column if not exists slot_ttl_minutes int not null default 30,
  add column if not exists buffer_before_minutes int not null default 0,
  add column if not exists buffer_after_minutes int not null default 0,
  add column if not exists chat_model text,               -- null: the fleet's
  add column if not exists prompt_version text,           -- null: the newest
  add column if not exists rollout jsonb,                 -- null: everybody has the same
  add column if not exists draft_mode boolean not null default false,
  add column if not exists daily_spend_usd numeric(10, 2),  -- null: no ceiling
  add column if not exists max_failed_turns int not null default 3,
  add column if not exists renotify_minutes int default 15,          -- null: told once
  add column if not exists handoff_give_up_minutes int default 60,   -- null: the customer goes on waiting
  add column if not exists trace_content boolean not null default false,
  add column if not exists quiet_hours_start time default '20:00',   -- null: no quiet hours
  add column if not exists quiet_hours_end time default '08:00',
  add column if not exists reminder_template_id text,
  add column if not exists reply_template_id text,
  add column if not exists max_concurrency int;           -- null: the fleet's

do $$
begin
  call private.add_constraint('public.organizations', 'organizations_agent_sane', $c$check (
    cardinality(agent_languages) between 1 and 8 and array_position(agent_languages, null) is null and array_to_string(agent_languages, ',') ~ '^[a-z]{2}(,[a-z]{2})*$'
    and length(agent_greeting) <= 500 and length(agent_policies) <= 4000
    and debounce_ms between 0 and 60000 and nudge_minutes between 1 and 1380 and slot_ttl_minutes between 1 and 1440
    and buffer_before_minutes between 0 and 240 and buffer_after_minutes between 0 and 240
    and chat_model ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$' and prompt_version ~ '^[a-z0-9][a-z0-9.-]{0,39}$'
    and daily_spend_usd >= 0 and max_failed_turns between 1 and 20 and renotify_minutes between 1 and 1440 and handoff_give_up_minutes between 1 and 10080
    and (quiet_hours_start is null) = (quiet_hours_end is null) and quiet_hours_start is distinct from coalesce(quiet_hours_end, '00:00')
    and length(reminder_template_id) <= 200 and length(reply_template_id) <= 200 and max_concurrency between 1 and 1000)$c$);
  -- Short words that a customer writes. "cancelar" is about an appointment and never takes a consent back.
  call private.add_constraint('public.organizations', 'organizations_words_sane', $c$check (
    cardinality(handoff_words) <= 50 and array_position(handoff_words, null) is null and array_position(handoff_words, '') is null
    and length(array_to_string(handoff_words, '')) <= 2000
    and cardinality(opt_out_words) <= 50 and array_position(opt_out_words, null) is null and array_position(opt_out_words, '') is null
    and length(array_to_string(opt_out_words, '')) <= 2000
    and not lower(opt_out_words::text)::text[] && '{cancelar,cancela,cancelo}')$c$);
  -- {"percent": 10, "prompt": "2026-12", "model": "…", "draft": true}: what a share of the conversations gets instead.
  call private.add_constraint('public.organizations', 'organizations_rollout_sane', $c$check (rollout is null or coalesce(
    jsonb_typeof(rollout) = 'object' and rollout - '{percent,prompt,model,draft}'::text[] = '{}'
    and jsonb_typeof(rollout -> 'percent') = 'number' and rollout ->> 'percent' ~ '^[0-9]{1,3}$' and (rollout ->> 'percent')::int <= 100
    and coalesce(rollout ->> 'prompt' ~ '^[a-z0-9][a-z0-9.-]{0,39}$', true) and coalesce(jsonb_typeof(rollout -> 'prompt') in ('string', 'null'), true)
    and coalesce(rollout ->> 'model' ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$', true) and coalesce(jsonb_typeof(rollout -> 'model') in ('string', 'null'), true)
    and coalesce(jsonb_typeof(rollout -> 'draft') = 'boolean', true), false))$c$);
end $$;

-- list_organization_settings tells what changed since; a CRM's own table may not say when its rows changed.
create or replace trigger organizations_settings_touch before update on public.organizations
  for each row execute function private.touch();

-- ------------------------------------------------------------------ buffers

-- A service's buffer, but never less than its organization's.
create or replace function private.appointment_times() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare o organizations; s services; v_members uuid[]; v_stands boolean;
begin
  select * into o from organizations where id = new.organization_id;
  select * into s from services where id = new.service_id and organization_id = new.organization_id;
  new.end_time := coalesce(new.end_time, (new.appointment_date + new.start_time + make_interval(mins => s.duration_minutes))::time);
  new.starts_at := (new.appointment_date + new.start_time) at time zone o.timezone;
  new.ends_at := (new.appointment_date + new.end_time) at time zone o.timezone;
  -- A row that stands where it stood keeps the time that it blocked: a buffer that grew later must not make it
  -- impossible to confirm or to annotate appointments that were made close together.
  if tg_op = 'UPDATE' then
    v_stands := (new.starts_at, new.ends_at, new.member_id, new.service_id) is not distinct from (old.starts_at, old.ends_at, old.member_id, old.service_id)
      and (old.status in ('programada', 'confirmada') or new.status not in ('programada', 'confirmada'));
  end if;
  if coalesce(v_stands, false) then
    new.blocked_from := old.blocked_from;
    new.blocked_until := old.blocked_until;
  else
    new.blocked_from := new.starts_at - make_interval(mins => greatest(s.buffer_before_minutes, o.buffer_before_minutes));
    new.blocked_until := new.ends_at + make_interval(mins => greatest(s.buffer_after_minutes, o.buffer_after_minutes));
  end if;
  if tg_op = 'INSERT' then
    new.overlap_exemption := null;
    new.version := 1;
  else
    new.version := old.version + 1;
    new.updated_at := now();
    -- An exempt row that moves has to fit like any other.
    if (new.starts_at, new.ends_at, new.member_id) is distinct from (old.starts_at, old.ends_at, old.member_id) then
      new.overlap_exemption := null;
    else
      new.overlap_exemption := old.overlap_exemption;
    end if;
  end if;
  -- One writer at a time per person who attends, whoever writes: two exclusion checks at once could wait for each other.
  if new.status in ('programada', 'confirmada') and new.member_id is not null then
    v_members := array[new.member_id];
    if tg_op = 'UPDATE' then
      if (new.blocked_from, new.blocked_until, new.member_id) is not distinct from (old.blocked_from, old.blocked_until, old.member_id)
         and old.status in ('programada', 'confirmada') then return new; end if;
      v_members := v_members || old.member_id;
    end if;
    perform 1 from members where id = any (v_members) order by id for no key update;
  end if;
  return new;
end $$;

-- As in free_time, but with the greater of both buffers: what is offered and what the constraint admits stay one thing.
create or replace function private.free_starts(
  p_organization_id uuid, p_service_id uuid, p_from timestamptz, p_to timestamptz,
  p_members uuid[] default null, p_except uuid default null, p_ignore_busy boolean default false
) returns table (member_id uuid, starts_at timestamptz)
-- In plpgsql, because that keeps its plan: planned at every call it takes three times as long for a day (decisions/0038).
language plpgsql stable rows 100 set search_path = public, pg_temp set jit = off as $$
#variable_conflict use_column
begin
  return query
  with asked as materialized (
    select o.timezone as zone, make_interval(mins => o.slot_step_minutes) as step, make_interval(mins => s.duration_minutes) as lasts,
           make_interval(mins => greatest(s.buffer_before_minutes, o.buffer_before_minutes)) as before,
           make_interval(mins => greatest(s.buffer_after_minutes, o.buffer_after_minutes)) as after
    from services s join organizations o on o.id = s.organization_id
    where s.organization_id = p_organization_id and s.id = p_service_id
  ), staff as materialized (
    select m.id from service_assignments a join members m on m.id = a.member_id and m.organization_id = p_organization_id and m.is_active
    where a.organization_id = p_organization_id and a.service_id = p_service_id and (p_members is null or m.id = any (p_members))
  ), days as materialized (
    select d::date as day, extract(isodow from d)::int as weekday, d at time zone asked.zone as midnight
    from asked, generate_series((p_from at time zone asked.zone)::date::timestamp, (p_to at time zone asked.zone)::date::timestamp, interval '1 day') d
    where p_from <= p_to
  ), open_hours as materialized (
    select d.day, h.*
    from days d
    left join organization_special_dates x on x.organization_id = p_organization_id and x.date = d.day
    left join organization_availability w on w.organization_id = p_organization_id and w.day_of_week = d.weekday
    cross join lateral private.day_hours(x.id is not null, x.is_available, x.start_time, x.end_time, x.break_start_time, x.break_end_time,
                                         w.is_available, w.start_time, w.end_time, w.break_start_time, w.break_end_time) h
    where h.opens < h.closes
  ), staff_hours as materialized (
    select staff.id, d.day, d.midnight, h.*
    from staff cross join days d
    left join member_special_dates x on x.organization_id = p_organization_id and x.member_id = staff.id and x.date = d.day
    left join member_availability w on w.organization_id = p_organization_id and w.member_id = staff.id and w.day_of_week = d.weekday
    cross join lateral private.day_hours(x.id is not null, x.is_available, x.start_time, x.end_time, x.break_start_time, x.break_end_time,
                                         w.is_available, w.start_time, w.end_time, w.break_start_time, w.break_end_time) h
    where h.opens < h.closes
  ), windows as (
    -- In wall clock: both are at work, and neither has a break.
    select s.id, s.midnight,
           range_agg(tsrange(s.day + greatest(o.opens, s.opens), s.day + least(o.closes, s.closes)))
           - coalesce(range_agg(tsrange(s.day + o.break_from, s.day + o.break_to)) filter (where o.break_from < o.break_to), '{}')
           - coalesce(range_agg(tsrange(s.day + s.break_from, s.day + s.break_to)) filter (where s.break_from < s.break_to), '{}') as open
    from staff_hours s join open_hours o on o.day = s.day
    where greatest(o.opens, s.opens) < least(o.closes, s.closes)
    group by s.id, s.midnight
  ), allowed as (
    select w.id, w.midnight, w.open,
           range_agg(tstzrange(greatest(lower(r) at time zone asked.zone, p_from), least(upper(r) at time zone asked.zone - asked.lasts, p_to), '[]')) as starts
    from asked, windows w cross join lateral unnest(w.open) r
    where greatest(lower(r) at time zone asked.zone, p_from) <= least(upper(r) at time zone asked.zone - asked.lasts, p_to)
    group by w.id, w.midnight, w.open
  ), forbidden as (
    select a.member_id as id, range_agg(tstzrange(a.blocked_from - asked.lasts - asked.after, a.blocked_until + asked.before, '()')) as starts
    from asked, staff join appointments a on a.member_id = staff.id
    where not p_ignore_busy and a.status in ('programada', 'confirmada') and a.id is distinct from p_except
      and a.blocked_from < a.blocked_until
      and tstzrange(a.blocked_from, greatest(a.blocked_from, a.blocked_until), '[)') && tstzrange(p_from - asked.before, p_to + asked.lasts + asked.after, '[]')
    group by a.member_id
  )
  select a.id, s.at
  from asked, allowed a left join forbidden f on f.id = a.id
  cross join lateral unnest(a.starts - coalesce(f.starts, '{}')) r
  cross join lateral generate_series(date_bin(asked.step, lower(r) + asked.step - interval '1 microsecond', a.midnight), upper(r), asked.step) s(at)
  -- "offset 0" keeps the two conversions, which are dear, from being written out at each place that uses them.
  cross join lateral (select s.at at time zone asked.zone as begins, (s.at + asked.lasts) at time zone asked.zone as ends offset 0) wall
  where s.at <@ r
    and wall.begins at time zone asked.zone = s.at and wall.ends at time zone asked.zone = s.at + asked.lasts
    and wall.begins::date = wall.ends::date
    -- A span of hours whose edge falls into the hour that a clock change skips is longer in instants than on the wall.
    and tsrange(wall.begins, greatest(wall.begins, wall.ends)) <@ a.open;
end $$;

-- ------------------------------------------------------ what models cost

-- One row per organization and day (its own calendar): what its model calls cost, however many replicas make them.
create table if not exists public.model_spend (
  organization_id      uuid not null references public.organizations (id) on delete cascade,
  day                  date not null,
  usd                  numeric(14, 6) not null default 0,
  calls                bigint not null default 0,
  input_tokens         bigint not null default 0,
  cached_tokens        bigint not null default 0,
  output_tokens        bigint not null default 0,
  ceiling_reached_at   timestamptz,                       -- when a call was first refused, or the ceiling first met, that day
  updated_at           timestamptz not null default now(),
  primary key (organization_id, day)
);
call private.protect('model_spend', true, 'none');

create or replace function private.today_of(o public.organizations) returns date
language sql stable set search_path = pg_catalog as $$ select (now() at time zone o.timezone)::date $$;

-- Adds what calls cost and says what the day has cost; `reached` is true once a day: for whoever met the ceiling first.
-- Called with zeros it only asks.
create or replace function public.record_spend(
  p_organization_id uuid, p_usd double precision, p_calls int default 0, p_input_tokens bigint default 0, p_cached_tokens bigint default 0, p_output_tokens bigint default 0
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare o organizations; m model_spend; v_reached boolean;
begin
  if not coalesce(p_usd >= 0 and p_usd < 1e6 and p_calls >= 0 and p_calls <= 1000000 and least(p_input_tokens, p_cached_tokens, p_output_tokens) >= 0
      and greatest(p_input_tokens, p_cached_tokens, p_output_tokens) <= 1e12, false)
    or p_input_tokens is null or p_cached_tokens is null or p_output_tokens is null then return private.refuse('invalid_spend'); end if;
  select * into o from organizations where id = p_organization_id;
  if not found then return private.refuse('organization_not_found'); end if;
  insert into model_spend as s (organization_id, day, usd, calls, input_tokens, cached_tokens, output_tokens)
  values (o.id, private.today_of(o), p_usd, p_calls, p_input_tokens, p_cached_tokens, p_output_tokens)
  on conflict (organization_id, day) do update set usd = s.usd + excluded.usd, calls = s.calls + excluded.calls,
    input_tokens = s.input_tokens + excluded.input_tokens, cached_tokens = s.cached_tokens + excluded.cached_tokens,
    output_tokens = s.output_tokens + excluded.output_tokens, updated_at = now()
  returning * into m;
  v_reached := coalesce(m.usd >= o.daily_spend_usd, false) and m.ceiling_reached_at is null;
  if v_reached then update model_spend set ceiling_reached_at = now() where organization_id = m.organization_id and day = m.day; end if;
  return jsonb_build_object('ok', true, 'day', m.day, 'spentUsd', m.usd, 'ceilingUsd', o.daily_spend_usd, 'reached', v_reached);
end $$;

-- ------------------------------------------------------- what stages are told

-- Each setting under its column's name in camel case. A text of nothing but spaces is none.
create or replace function private.organization_json(o public.organizations) returns jsonb
language sql stable set search_path = pg_catalog as $$
  select jsonb_build_object('id', o.id, 'name', o.name, 'timezone', o.timezone, 'locale', o.locale, 'agentName', nullif(btrim(o.agent_name), ''),
    'tone', nullif(btrim(o.agent_tone), ''), 'instructions', nullif(btrim(o.agent_instructions), ''), 'settings', jsonb_build_object(
      'agentEnabled', o.agent_enabled, 'slotStepMinutes', o.slot_step_minutes, 'minNoticeMinutes', o.min_notice_minutes,
      'bookingHorizonDays', o.booking_horizon_days, 'cancelNoticeMinutes', o.cancel_notice_minutes, 'quietMinutes', o.quiet_minutes,
      'reminderMinutes', o.reminder_minutes,
      'agentLanguages', to_jsonb(o.agent_languages), 'agentGreeting', nullif(btrim(o.agent_greeting), ''), 'agentPolicies', nullif(btrim(o.agent_policies), ''),
      'handoffWords', to_jsonb(o.handoff_words), 'optOutWords', to_jsonb(o.opt_out_words), 'debounceMs', o.debounce_ms, 'nudgeMinutes', o.nudge_minutes,
      'slotTtlMinutes', o.slot_ttl_minutes, 'bufferBeforeMinutes', o.buffer_before_minutes, 'bufferAfterMinutes', o.buffer_after_minutes,
      'chatModel', o.chat_model, 'promptVersion', o.prompt_version, 'rollout', o.rollout, 'draftMode', o.draft_mode)
    || jsonb_build_object(
      'dailySpendUsd', o.daily_spend_usd, 'maxFailedTurns', o.max_failed_turns, 'renotifyMinutes', o.renotify_minutes,
      'handoffGiveUpMinutes', o.handoff_give_up_minutes, 'traceContent', o.trace_content,
      'quietHoursStart', to_char(o.quiet_hours_start, 'HH24:MI'), 'quietHoursEnd', to_char(o.quiet_hours_end, 'HH24:MI'),
      'reminderTemplateId', nullif(btrim(o.reminder_template_id), ''), 'replyTemplateId', nullif(btrim(o.reply_template_id), ''), 'maxConcurrency', o.max_concurrency))
$$;

-- As in turns, and what the organization's models have cost today.
create or replace function public.begin_turn(
  p_organization_id uuid, p_chat text, p_platform public.chat_platform, p_platform_user_id text,
  p_phone text default null, p_profile_name text default null, p_last_message_at timestamptz default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities; o organizations;
begin
  select * into o from organizations where id = p_organization_id;
  if not found then return private.refuse('organization_not_found'); end if;
  if not private.is_customer(p_chat, p_platform_user_id) then return private.refuse('invalid_customer'); end if;
  i := private.take_identity(p_organization_id, p_chat, p_platform, p_platform_user_id, p_phone, p_profile_name, p_last_message_at);
  return jsonb_build_object('ok', true, 'chatIdentityId', i.id, 'botEnabled', i.bot_enabled, 'now', now(), 'organization', private.organization_json(o),
    'spentTodayUsd', coalesce((select usd from model_spend where organization_id = o.id and day = private.today_of(o)), 0),
    'contact', (select jsonb_build_object('id', id, 'firstName', first_name, 'lastName', last_name) from contacts where id = i.contact_id and erased_at is null),
    'services', coalesce((
      select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'description', s.description, 'durationMinutes', s.duration_minutes, 'priceCop', s.price_cop,
        'isBookable', s.is_bookable, 'requiresAssessment', s.requires_assessment, 'assessmentServiceId', a.id,
        'needsAssessment', s.requires_assessment and not private.has_assessment(o.id, i.contact_id, s.assessment_service_id)) order by s.name, s.id)
      from services s left join services a on a.id = s.assessment_service_id and a.is_active and a.is_bookable
      where s.organization_id = o.id and s.is_active), '[]'),
    'members', coalesce((
      select jsonb_agg(jsonb_build_object('id', m.id, 'name', private.member_name(m.first_name, m.last_name)) order by m.first_name, m.id)
      from members m where m.organization_id = o.id and m.is_active
        and exists (select 1 from service_assignments x where x.organization_id = o.id and x.member_id = m.id)), '[]'),
    'appointments', coalesce((
      select jsonb_agg(private.appointment_json(a) order by a.starts_at)
      from (select * from appointments where contact_id = i.contact_id and organization_id = o.id and status in ('programada', 'confirmada') and starts_at > now()
            order by starts_at limit 20) a), '[]'),
    'consent', (select authorization_type from contact_authorizations where contact_id = i.contact_id and channel = 'whatsapp' and is_active order by created_at desc limit 1),
    'openEscalation', (select id from escalations where chat_identity_id = i.id and closed_at is null));
end $$;

-- What a stage wants to know of every organization without a turn: all of them, or those changed since. A minute more
-- is told, because a row counts from its transaction's start and shows at its end.
create or replace function public.list_organization_settings(p_since timestamptz default null) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'asOf', now(), 'organizations', coalesce(jsonb_agg(jsonb_build_object(
      'organizationId', id, 'agentEnabled', agent_enabled, 'debounceMs', debounce_ms, 'maxConcurrency', max_concurrency, 'updatedAt', updated_at) order by id), '[]'))
  from organizations
  where p_since is null or updated_at is null or updated_at >= p_since - interval '1 minute'
$$;

call private.add_own_functions('{list_organization_settings,record_spend}');
call private.lock_down_functions();
