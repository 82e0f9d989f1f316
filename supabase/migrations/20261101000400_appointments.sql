-- Appointments. The contract's wall-clock columns are the truth; instants, the blocked range and the history follow from
-- them by trigger, so that a row written by the CRM's pages counts exactly like one of ours.

create table if not exists public.appointments (
  id                uuid primary key default gen_random_uuid(),
  organization_id   uuid not null references public.organizations (id) on delete cascade,
  contact_id        uuid not null references public.contacts (id),
  member_id         uuid,
  service_id        uuid references public.services (id),
  appointment_date  date not null,
  start_time        time not null,
  end_time          time not null,
  status            text not null default 'programada',
  notes             text,
  created_by        uuid not null,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now()
);
alter table public.appointments
  add column if not exists starts_at timestamptz,
  add column if not exists ends_at timestamptz,
  add column if not exists blocked_from timestamptz,    -- starts_at minus the service's buffer; stored, because
  add column if not exists blocked_until timestamptz,   -- instant minus interval is not immutable
  -- Rows that overlapped when this schema came share a value and may go on overlapping one another, nothing else.
  add column if not exists overlap_exemption uuid,
  -- A person decided that this customer needs no assessment first. Nothing but a person's hand sets it.
  add column if not exists assessment_waived boolean not null default false,
  add column if not exists version int not null default 1;

-- ------------------------------------------------------------------ times

create or replace function private.appointment_times() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_zone text; s services; v_members uuid[];
begin
  select timezone into v_zone from organizations where id = new.organization_id;
  select * into s from services where id = new.service_id and organization_id = new.organization_id;
  new.end_time := coalesce(new.end_time, (new.appointment_date + new.start_time + make_interval(mins => s.duration_minutes))::time);
  new.starts_at := (new.appointment_date + new.start_time) at time zone v_zone;
  new.ends_at := (new.appointment_date + new.end_time) at time zone v_zone;
  new.blocked_from := new.starts_at - make_interval(mins => coalesce(s.buffer_before_minutes, 0));
  new.blocked_until := new.ends_at + make_interval(mins => coalesce(s.buffer_after_minutes, 0));
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
create or replace trigger appointments_times before insert or update on public.appointments
  for each row execute function private.appointment_times();
create or replace trigger appointments_created_by before insert on public.appointments for each row execute function private.fill_created_by();

-- A service that requires an assessment is not booked before that contact's assessment was completed, whoever books.
create or replace function private.has_assessment(p_organization_id uuid, p_contact_id uuid, p_assessment_service_id uuid) returns boolean
language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from appointments where organization_id = p_organization_id and contact_id = p_contact_id
                 and service_id = p_assessment_service_id and status = 'completada')
$$;
create or replace function private.require_assessment() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare s services;
begin
  if new.status not in ('programada', 'confirmada') or new.assessment_waived then return new; end if;
  if tg_op = 'UPDATE' and old.status in ('programada', 'confirmada') and (new.service_id, new.contact_id) is not distinct from (old.service_id, old.contact_id)
    then return new; end if;
  select * into s from services where id = new.service_id and organization_id = new.organization_id;
  if s.requires_assessment and not private.has_assessment(new.organization_id, new.contact_id, s.assessment_service_id) then
    raise exception 'The service requires a completed assessment of this contact.'
      using errcode = 'check_violation', constraint = 'appointments_assessment_first', hint = 'Book the assessment first, or set assessment_waived.';
  end if;
  return new;
end $$;
create or replace trigger appointments_assessment before insert or update of status, service_id, contact_id, assessment_waived on public.appointments
  for each row execute function private.require_assessment();

-- Rows that the CRM had: fill what the triggers fill for new ones, and mark those that overlap already.
do $$
declare v_count int;
begin
  if not exists (select 1 from public.appointments where starts_at is null) then return; end if;
  alter table public.appointments disable trigger user;
  update public.appointments a set
      starts_at = (a.appointment_date + a.start_time) at time zone o.timezone,
      ends_at = (a.appointment_date + a.end_time) at time zone o.timezone,
      blocked_from = (a.appointment_date + a.start_time) at time zone o.timezone - make_interval(mins => coalesce(s.buffer_before_minutes, 0)),
      blocked_until = (a.appointment_date + a.end_time) at time zone o.timezone + make_interval(mins => coalesce(s.buffer_after_minutes, 0))
    from public.organizations o, (select null::uuid as id, null::int as buffer_before_minutes, null::int as buffer_after_minutes union all
                                  select id, buffer_before_minutes, buffer_after_minutes from public.services) s
    where o.id = a.organization_id and s.id is not distinct from a.service_id and a.starts_at is null;
  -- Each chain of overlapping rows of one person is an island; its rows share the island's first id. Rows whose end is
  -- not after their start block nothing, they are left to the warning about appointments_times_sane.
  with active as (
    select id, member_id, blocked_from, blocked_until,
           max(blocked_until) over (partition by member_id order by blocked_from, blocked_until, id rows between unbounded preceding and 1 preceding) as reach
    from public.appointments
    where member_id is not null and status in ('programada', 'confirmada') and blocked_until > blocked_from
  ), islands as (
    select id, member_id, count(*) filter (where reach is null or reach <= blocked_from)
             over (partition by member_id order by blocked_from, blocked_until, id) as island
    from active
  ), named as (
    select id, first_value(id) over (partition by member_id, island order by id) as exemption, count(*) over (partition by member_id, island) as size
    from islands
  )
  update public.appointments a set overlap_exemption = n.exemption from named n where n.id = a.id and n.size > 1;
  get diagnostics v_count = row_count;
  alter table public.appointments enable trigger user;
  if v_count > 0 then
    raise warning '% active appointments overlapped already. They are exempt from the overlap constraint; see private.overlapping_appointments.', v_count;
  end if;
end $$;

create or replace view private.overlapping_appointments as
  select a.organization_id, a.member_id, a.overlap_exemption, a.id as appointment_id, a.appointment_date, a.start_time, a.end_time, a.status
  from public.appointments a where a.overlap_exemption is not null
  order by a.organization_id, a.overlap_exemption, a.starts_at;

do $$
begin
  call private.add_constraint('public.appointments', 'appointments_tenant', 'unique (organization_id, id)');
  call private.add_constraint('public.appointments', 'appointments_status',
    $c$check (status in ('programada', 'confirmada', 'cancelada', 'completada', 'no_asistio'))$c$);
  call private.add_constraint('public.appointments', 'appointments_times_sane', 'check (end_time > start_time)');
  call private.add_constraint('public.appointments', 'appointments_filled',
    'check (starts_at is not null and ends_at is not null and blocked_from is not null and blocked_until is not null)');
  call private.add_constraint('public.appointments', 'appointments_contact',
    'foreign key (organization_id, contact_id) references public.contacts (organization_id, id)');
  call private.add_constraint('public.appointments', 'appointments_service',
    'foreign key (organization_id, service_id) references public.services (organization_id, id)');
  call private.add_constraint('public.appointments', 'appointments_member',
    format('foreign key (organization_id, member_id) references %s (organization_id, id)', private.members_table()));
  -- Two rows conflict when person and time meet and their exemptions differ; a row without one has only itself.
  -- Deferrable: checked at the end of a statement, so that a change of zone may move many rows at once.
  call private.add_constraint('public.appointments', 'appointments_no_overlap', $c$exclude using gist (
      member_id with =, tstzrange(blocked_from, greatest(blocked_from, blocked_until), '[)') with &&, coalesce(overlap_exemption, id) with <>
    ) where (status in ('programada', 'confirmada')) deferrable initially immediate$c$);
end $$;
create index if not exists appointments_contact on public.appointments (contact_id, starts_at);
create index if not exists appointments_member on public.appointments (member_id, starts_at) where status in ('programada', 'confirmada');
create index if not exists appointments_day on public.appointments (organization_id, starts_at);
create index if not exists appointments_assessments on public.appointments (contact_id, service_id) where status = 'completada';

-- A zone that changes moves the instants of what is still to come.
create or replace function private.timezone_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update appointments set updated_at = now()
  where organization_id = new.id and status in ('programada', 'confirmada') and starts_at > now();
  return null;
end $$;
create or replace trigger organizations_timezone_changed after update of timezone on public.organizations
  for each row when (new.timezone is distinct from old.timezone) execute function private.timezone_changed();

-- ------------------------------------------------- what happened, and by which wish

create table if not exists public.appointment_history (
  id               bigint generated always as identity primary key,
  organization_id  uuid not null,
  appointment_id   uuid not null,
  event            text not null,
  old_status       text,
  new_status       text not null,
  old_starts_at    timestamptz,
  new_starts_at    timestamptz not null,
  old_member_id    uuid,
  new_member_id    uuid,
  at               timestamptz not null default now(),
  foreign key (organization_id, appointment_id) references public.appointments (organization_id, id) on delete cascade
);
create index if not exists appointment_history_appointment on public.appointment_history (appointment_id, id);

-- The keys under which the agent booked or moved something: asked again, the same wish gets the same answer.
create table if not exists public.appointment_requests (
  organization_id  uuid not null,
  idempotency_key  text not null,
  appointment_id   uuid not null,
  fingerprint      text not null,                    -- what was wished, to tell a repetition from a key used twice
  created_at       timestamptz not null default now(),
  primary key (organization_id, idempotency_key),
  foreign key (organization_id, appointment_id) references public.appointments (organization_id, id) on delete cascade
);
call private.add_constraint('public.appointment_requests', 'appointment_requests_sane', 'check (length(idempotency_key) between 1 and 500)');
create index if not exists appointment_requests_appointment on public.appointment_requests (appointment_id);

call private.lock_down_functions();
