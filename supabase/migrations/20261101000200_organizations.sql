-- Organizations, their staff, what they offer and when. In each table the contract's columns come first (the CRM reads
-- and writes them); what the agent needs besides is added after, so that the same file serves a database that has the CRM.

create table if not exists public.organizations (
  id          uuid primary key default gen_random_uuid(),
  name        text not null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
alter table public.organizations
  add column if not exists timezone text not null default 'America/Bogota',
  add column if not exists locale text not null default 'es-CO',
  add column if not exists agent_enabled boolean not null default true,
  add column if not exists agent_name text,
  add column if not exists agent_tone text,
  add column if not exists agent_instructions text,
  add column if not exists slot_step_minutes int not null default 15,
  add column if not exists min_notice_minutes int not null default 60,
  add column if not exists booking_horizon_days int not null default 90,
  add column if not exists cancel_notice_minutes int not null default 0,
  add column if not exists quiet_minutes int,             -- null: only a person switches the agent on again
  add column if not exists reminder_minutes int default 1440,  -- null: no reminders
  add column if not exists message_retention_days int;    -- null: kept
call private.add_constraint('public.organizations', 'organizations_settings_sane', $$check (
  slot_step_minutes between 5 and 240 and min_notice_minutes between 0 and 43200 and booking_horizon_days between 1 and 730
  and cancel_notice_minutes between 0 and 43200 and quiet_minutes > 0 and reminder_minutes > 0 and message_retention_days > 0)$$);

create or replace function private.check_timezone() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  perform now() at time zone new.timezone;   -- raises 22023 for a zone that does not exist
  return new;
end $$;
create or replace trigger organizations_timezone before insert or update of timezone on public.organizations
  for each row execute function private.check_timezone();

create table if not exists public.platform_connections (
  id                        uuid primary key default gen_random_uuid(),
  organization_id           uuid not null references public.organizations (id) on delete cascade,
  platform                  public.chat_platform not null default 'whatsapp',
  gupshup_app_name          text,
  gupshup_api_key           text,
  whatsapp_business_number  text,
  is_active                 boolean not null default true,
  created_at                timestamptz not null default now(),
  updated_at                timestamptz not null default now()
);
alter table public.platform_connections
  add column if not exists gupshup_app_id text,
  add column if not exists phone_number_id text,
  add column if not exists webhook_secret text;
-- A webhook names its app: two active organizations behind one name could not be told apart.
create unique index if not exists platform_connections_app on public.platform_connections (platform, gupshup_app_name)
  where is_active and gupshup_app_name is not null;
create index if not exists platform_connections_organization on public.platform_connections (organization_id);

-- Staff who attend. The id is the person's login where they have one. Where the CRM keeps these rows in `profiles`,
-- `members` is a view of them: one truth, no copies.
do $$
begin
  if private.is_adopted('profiles') and not private.is_adopted('members') then
    alter table public.profiles add column if not exists is_system boolean not null default false;
    execute $view$create or replace view public.members with (security_invoker = true) as
      select id, organization_id, first_name, last_name, email, role, coalesce(is_active, true) as is_active, is_system from public.profiles$view$;
    grant select on public.members to authenticated;
    grant select, update on public.members, public.profiles to service_role;
  else
    create table if not exists public.members (
      id               uuid primary key default gen_random_uuid(),
      organization_id  uuid not null references public.organizations (id) on delete cascade,
      first_name       text not null,
      last_name        text not null default '',
      email            text,
      role             public.app_role not null default 'member',
      is_active        boolean not null default true,
      created_at       timestamptz not null default now(),
      updated_at       timestamptz not null default now()
    );
    -- One per organization: who wrote a row that nobody's hand wrote.
    alter table public.members add column if not exists is_system boolean not null default false;
  end if;
end $$;

-- The table behind `members`, for constraints and triggers.
create or replace function private.members_table() returns regclass language sql stable set search_path = pg_catalog as $$
  select case when (select relkind from pg_class where oid = 'public.members'::regclass) = 'v' then 'public.profiles' else 'public.members' end::regclass
$$;
do $$
begin
  call private.add_constraint(private.members_table(), 'members_tenant', 'unique (organization_id, id)');
end $$;

-- The organization's system profile, made when it is first needed. Its id follows from the organization's, so that two
-- makers at once make one.
create or replace function private.system_member(p_organization_id uuid) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_id uuid := private.derived_uuid('skytide system ' || p_organization_id); v_email text := 'agente+' || p_organization_id || '@skytide.invalid';
begin
  if exists (select 1 from members where id = v_id) then return v_id; end if;
  if private.members_table() = 'public.members'::regclass then
    insert into members (id, organization_id, first_name, last_name, email, role, is_active, is_system)
    values (v_id, p_organization_id, 'Agente', 'Skytide', v_email, 'member', false, true) on conflict do nothing;
    return v_id;
  end if;
  -- In the CRM a profile belongs to a login: this one has no password, so nobody can enter with it.
  if exists (select 1 from pg_constraint where conrelid = 'public.profiles'::regclass and contype = 'f' and confrelid = to_regclass('auth.users')) then
    execute 'insert into auth.users (id, email) values ($1, $2) on conflict do nothing' using v_id, v_email;
  end if;
  execute 'insert into public.profiles (id, organization_id, first_name, last_name, email, role, is_active, is_system)
           values ($1, $2, ''Agente'', ''Skytide'', $3, ''member'', false, true)
           on conflict (id) do update set organization_id = excluded.organization_id, is_active = false, is_system = true'
    using v_id, p_organization_id, v_email;
  return v_id;
end $$;

-- Every row says who made it: the CRM's user, or the organization's system profile.
create or replace function private.fill_created_by() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.created_by := coalesce(new.created_by, auth.uid(), private.system_member(new.organization_id));
  return new;
end $$;

create table if not exists public.services (
  id                uuid primary key default gen_random_uuid(),
  organization_id   uuid not null references public.organizations (id) on delete cascade,
  name              text not null,
  description       text,
  duration_minutes  int not null,
  price_cop         numeric(14, 2) not null default 0,
  is_active         boolean not null default true,
  created_by        uuid not null,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now()
);
alter table public.services
  add column if not exists is_bookable boolean not null default true,
  add column if not exists requires_assessment boolean not null default false,
  -- The service to book first. Without one, a service that requires an assessment cannot be booked at all.
  add column if not exists assessment_service_id uuid,
  add column if not exists buffer_before_minutes int not null default 0,
  add column if not exists buffer_after_minutes int not null default 0;
call private.add_constraint('public.services', 'services_tenant', 'unique (organization_id, id)');
call private.add_constraint('public.services', 'services_sane', $$check (
  duration_minutes between 5 and 720 and price_cop >= 0 and buffer_before_minutes between 0 and 240
  and buffer_after_minutes between 0 and 240 and assessment_service_id <> id and length(name) between 1 and 200)$$);
call private.add_constraint('public.services', 'services_assessment',
  'foreign key (organization_id, assessment_service_id) references public.services (organization_id, id)');

create table if not exists public.service_assignments (
  id           uuid primary key default gen_random_uuid(),
  service_id   uuid not null references public.services (id) on delete cascade,
  member_id    uuid not null,
  assigned_at  timestamptz not null default now(),
  assigned_by  uuid,
  unique (service_id, member_id)
);
alter table public.service_assignments add column if not exists organization_id uuid;
-- The CRM does not know the column; the service tells the organization.
create or replace function private.fill_assignment_organization() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.organization_id := (select organization_id from services where id = new.service_id);
  return new;
end $$;
create or replace trigger service_assignments_organization before insert or update of service_id, organization_id on public.service_assignments
  for each row execute function private.fill_assignment_organization();
update public.service_assignments a set organization_id = s.organization_id
  from public.services s where s.id = a.service_id and a.organization_id is null;
create index if not exists service_assignments_service on public.service_assignments (organization_id, service_id, member_id);

-- ------------------------------------------------------------------ hours
-- One row per weekday (ISO: 1 = Monday … 7 = Sunday). A day without a row is closed.

create table if not exists public.organization_availability (
  id                uuid primary key default gen_random_uuid(),
  organization_id   uuid not null references public.organizations (id) on delete cascade,
  day_of_week       int not null,
  is_available      boolean not null default true,
  start_time        time not null,
  end_time          time not null,
  break_start_time  time,
  break_end_time    time,
  created_by        uuid not null,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  unique (organization_id, day_of_week)
);
create table if not exists public.member_availability (
  id                uuid primary key default gen_random_uuid(),
  organization_id   uuid not null references public.organizations (id) on delete cascade,
  member_id         uuid not null,
  day_of_week       int not null,
  is_available      boolean not null default true,
  start_time        time not null,
  end_time          time not null,
  break_start_time  time,
  break_end_time    time,
  created_by        uuid not null,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  unique (member_id, day_of_week)
);
-- One row per date that stands in for the weekday's: a holiday, other hours. Times may be left out where it is closed.
create table if not exists public.organization_special_dates (
  id                uuid primary key default gen_random_uuid(),
  organization_id   uuid not null references public.organizations (id) on delete cascade,
  date              date not null,
  is_available      boolean not null default false,
  start_time        time,
  end_time          time,
  break_start_time  time,
  break_end_time    time,
  reason            text,
  created_by        uuid not null,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  unique (organization_id, date)
);
create table if not exists public.member_special_dates (
  id                uuid primary key default gen_random_uuid(),
  organization_id   uuid not null references public.organizations (id) on delete cascade,
  member_id         uuid not null,
  date              date not null,
  is_available      boolean not null default false,
  start_time        time,
  end_time          time,
  break_start_time  time,
  break_end_time    time,
  reason            text,
  created_by        uuid not null,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  unique (member_id, date)
);

do $$
declare t text; v_hours text := $c$check ((not is_available or start_time is null or end_time > start_time)
    and (start_time is null) = (end_time is null)
    and (break_start_time is null) = (break_end_time is null) and (break_start_time is null or break_end_time > break_start_time))$c$;
begin
  foreach t in array array['organization_availability', 'member_availability', 'organization_special_dates', 'member_special_dates'] loop
    call private.add_constraint(('public.' || t)::regclass, t || '_hours', v_hours);
  end loop;
  foreach t in array array['organization_availability', 'member_availability'] loop
    call private.add_constraint(('public.' || t)::regclass, t || '_day', 'check (day_of_week between 1 and 7)');
  end loop;
  foreach t in array array['service_assignments', 'member_availability', 'member_special_dates'] loop
    call private.add_constraint(('public.' || t)::regclass, t || '_member',
      format('foreign key (organization_id, member_id) references %s (organization_id, id) on delete cascade', private.members_table()));
  end loop;
  call private.add_constraint('public.service_assignments', 'service_assignments_service',
    'foreign key (organization_id, service_id) references public.services (organization_id, id) on delete cascade');
  foreach t in array array['services', 'organization_availability', 'member_availability', 'organization_special_dates', 'member_special_dates'] loop
    execute format('create or replace trigger %I before insert on public.%I for each row execute function private.fill_created_by()', t || '_created_by', t);
  end loop;
end $$;

create index if not exists member_availability_member on public.member_availability (member_id, day_of_week);
create index if not exists member_special_dates_member on public.member_special_dates (member_id, date);
create index if not exists organization_availability_day on public.organization_availability (organization_id, day_of_week);
create index if not exists organization_special_dates_date on public.organization_special_dates (organization_id, date);

call private.lock_down_functions();
