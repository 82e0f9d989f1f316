-- The single truth about free time. check_availability lists what private.free_starts says, book_appointment asks it for
-- one instant: an offered start and a start that can be booked are the same thing.

-- What is open on a date: the special date's row where there is one, else the weekday's. A special date that is open but
-- names no hours has the weekday's hours.
create or replace function private.day_hours(
  p_special boolean, s_open boolean, s_from time, s_to time, s_break_from time, s_break_to time,
  w_open boolean, w_from time, w_to time, w_break_from time, w_break_to time
) returns table (opens time, closes time, break_from time, break_to time)
-- As a table and without settings of its own, so that the planner puts it into the query that asks.
language sql immutable rows 1 as $$
  select case when not coalesce(case when p_special then s_open else w_open end, false) then null when p_special and s_from is not null then s_from else w_from end,
         case when p_special and s_from is not null then s_to else w_to end,
         case when p_special and s_from is not null then s_break_from else w_break_from end,
         case when p_special and s_from is not null then s_break_to else w_break_to end
$$;

-- Every (member, start) between two instants that the hours allow and no active appointment forbids. A start s is
-- forbidden by an appointment b when  b.blocked_from - duration - buffer after < s < b.blocked_until + buffer before.
-- The wall clock of start and end must name these very instants: the hour that a clock change repeats is left out,
-- because the rows store wall clock and could not tell its two meanings apart. Just-in-time compilation is off: the
-- planner cannot estimate ranges and would compile for a second what runs for three milliseconds.
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
           make_interval(mins => s.buffer_before_minutes) as before, make_interval(mins => s.buffer_after_minutes) as after
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

-- The horizon that an organization allows: not in the past, not inside the notice, not beyond the booking horizon.
create or replace function private.bookable_from(o public.organizations) returns timestamptz
language sql stable set search_path = pg_catalog as $$ select now() + make_interval(mins => o.min_notice_minutes) $$;
create or replace function private.bookable_until(o public.organizations) returns timestamptz
language sql stable set search_path = pg_catalog as $$ select now() + make_interval(days => o.booking_horizon_days) $$;

create or replace function private.member_name(p_first text, p_last text) returns text
language sql immutable set search_path = pg_catalog as $$ select btrim(concat_ws(' ', p_first, p_last)) $$;

create or replace function private.slot_json(p_starts_at timestamptz, p_lasts interval, p_zone text, p_member_id uuid) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('startsAt', p_starts_at, 'date', (p_starts_at at time zone p_zone)::date,
    'startTime', to_char(p_starts_at at time zone p_zone, 'HH24:MI'), 'endTime', to_char((p_starts_at + p_lasts) at time zone p_zone, 'HH24:MI'),
    'memberId', m.id, 'memberName', private.member_name(m.first_name, m.last_name))
  from members m where m.id = p_member_id
$$;

-- Why a service cannot be booked at all by this contact; null where it can.
create or replace function private.service_refusal(p_organization_id uuid, p_service_id uuid, p_contact_id uuid) returns jsonb
language plpgsql stable set search_path = public, pg_temp as $$
declare s services;
begin
  select * into s from services where organization_id = p_organization_id and id = p_service_id and is_active;
  if not found then return private.refuse('service_not_found'); end if;
  if not s.is_bookable then return private.refuse('not_bookable'); end if;
  if s.requires_assessment and not private.has_assessment(p_organization_id, p_contact_id, s.assessment_service_id) then
    return private.refuse('needs_assessment', jsonb_build_object('assessmentServiceId',
      (select id from services where id = s.assessment_service_id and organization_id = p_organization_id and is_active and is_bookable)));
  end if;
  return null;
end $$;

create or replace function private.member_refusal(p_organization_id uuid, p_service_id uuid, p_member_id uuid) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select case when p_member_id is not null and not exists (
      select 1 from service_assignments a join members m on m.id = a.member_id and m.organization_id = p_organization_id and m.is_active
      where a.organization_id = p_organization_id and a.service_id = p_service_id and a.member_id = p_member_id)
    then private.refuse('member_not_found') end
$$;

-- Why a start is refused, with the three nearest that would be accepted.
create or replace function private.start_refusal(p_organization_id uuid, p_service_id uuid, p_start timestamptz, p_members uuid[], p_except uuid) returns jsonb
language plpgsql stable set search_path = public, pg_temp as $$
declare o organizations; s services; v_code text; v_from timestamptz; v_to timestamptz; v_alternatives jsonb; v_days int;
begin
  select * into o from organizations where id = p_organization_id;
  select * into s from services where id = p_service_id;
  v_code := case
    when p_start < private.bookable_from(o) then 'too_soon'
    when p_start > private.bookable_until(o) then 'too_far'
    when exists (select 1 from private.free_starts(p_organization_id, p_service_id, p_start, p_start, p_members, p_except, true)) then 'slot_taken'
    else 'outside_hours' end;
  -- Near first; further only where nothing near is free.
  foreach v_days in array array[2, 14] loop
    v_from := greatest(least(p_start, private.bookable_until(o)) - make_interval(days => least(v_days, 3) - 1), private.bookable_from(o));
    v_to := least(greatest(p_start, v_from) + make_interval(days => v_days), private.bookable_until(o));
    continue when v_from > v_to;
    select jsonb_agg(private.slot_json(n.starts_at, make_interval(mins => s.duration_minutes), o.timezone, n.member_id) order by n.starts_at)
    into v_alternatives
    from (select * from (
            select distinct on (f.starts_at) f.starts_at, f.member_id
            from private.free_starts(p_organization_id, p_service_id, v_from, v_to, p_members, p_except) f order by f.starts_at, f.member_id) each_start
          order by abs(extract(epoch from each_start.starts_at - p_start)), each_start.starts_at limit 3) n;
    exit when v_alternatives is not null;
  end loop;
  return private.refuse(v_code, jsonb_build_object('alternatives', coalesce(v_alternatives, '[]')));
end $$;

-- How busy each person is around a start: the choice among several who are free falls on who has least.
create or replace function private.load_of(p_member_id uuid, p_start timestamptz) returns bigint
language sql stable set search_path = public, pg_temp as $$
  select count(*) from appointments where member_id = p_member_id and status in ('programada', 'confirmada')
    and starts_at >= p_start - interval '12 hours' and starts_at < p_start + interval '12 hours'
$$;

create or replace function public.check_availability(
  p_organization_id uuid, p_service_id uuid, p_from date, p_to date default null, p_member_id uuid default null,
  p_part_of_day text default null, p_near time default null, p_limit int default 40, p_chat_identity_id uuid default null,
  p_except_appointment_id uuid default null
) returns jsonb language plpgsql stable set search_path = public, pg_temp as $$
declare o organizations; v_refusal jsonb; v_from timestamptz; v_to timestamptz; v_lasts interval; v_answer jsonb;
begin
  select * into o from organizations where id = p_organization_id;
  v_refusal := coalesce(
    private.service_refusal(p_organization_id, p_service_id,
      (select contact_id from chat_identities where organization_id = p_organization_id and id = p_chat_identity_id)),
    private.member_refusal(p_organization_id, p_service_id, p_member_id),
    case when coalesce(p_to, p_from) < p_from or coalesce(p_to, p_from) - p_from > 366 or not isfinite(p_from)
           or coalesce(p_part_of_day, 'morning') not in ('morning', 'afternoon', 'evening') then private.refuse('invalid_range') end);
  if v_refusal is not null then return v_refusal; end if;
  v_from := greatest(p_from::timestamp at time zone o.timezone, private.bookable_from(o));
  v_to := least((coalesce(p_to, p_from) + 1)::timestamp at time zone o.timezone - interval '1 microsecond', private.bookable_until(o));
  select make_interval(mins => duration_minutes) into v_lasts from services where id = p_service_id;
  with free as (
    select f.starts_at, array_agg(f.member_id) as ids, (f.starts_at at time zone o.timezone)::time as clock
    from private.free_starts(p_organization_id, p_service_id, v_from, v_to, case when p_member_id is not null then array[p_member_id] end, p_except_appointment_id) f
    group by f.starts_at
  ), wanted as materialized (
    select * from free
    where case p_part_of_day when 'morning' then clock < '12:00' when 'afternoon' then clock >= '12:00' and clock < '18:00'
                             when 'evening' then clock >= '18:00' else true end
  ), cut as (
    select * from wanted order by abs(extract(epoch from clock - p_near)) nulls first, starts_at limit greatest(least(p_limit, 3000), 0)
  )
  -- Who attends: the one of those who are free who has least around that time (as private.load_of counts it for a booking).
  select jsonb_build_object('ok', true, 'total', (select count(*) from wanted), 'slots', coalesce(jsonb_agg(jsonb_build_object(
      'startsAt', c.starts_at, 'date', (c.starts_at at time zone o.timezone)::date, 'startTime', to_char(c.clock, 'HH24:MI'),
      'endTime', to_char((c.starts_at + v_lasts) at time zone o.timezone, 'HH24:MI'),
      'memberId', m.id, 'memberName', btrim(concat_ws(' ', m.first_name, m.last_name))) order by c.starts_at), '[]'))
  into v_answer
  from cut c cross join lateral (
    select s.* from unnest(c.ids) i join members s on s.id = i
    order by case when cardinality(c.ids) > 1 then (
      select count(*) from appointments a where a.member_id = i and a.status in ('programada', 'confirmada')
        and a.starts_at >= c.starts_at - interval '12 hours' and a.starts_at < c.starts_at + interval '12 hours') end, i
    limit 1) m;
  return v_answer;
end $$;

call private.lock_down_functions();
