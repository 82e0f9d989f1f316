-- Reminders of appointments: what is known when one is planned or due, which ones left, and which a lost timer owes.

-- A reminder that left. It speaks of one start: an appointment that is moved gets another one.
create table if not exists public.reminders (
  organization_id  uuid not null,
  appointment_id   uuid not null,
  starts_at        timestamptz not null,
  reply_id         text not null check (length(reply_id) between 1 and 200),
  requested_at     timestamptz not null default now(),
  primary key (organization_id, appointment_id, starts_at),
  foreign key (organization_id, appointment_id) references public.appointments (organization_id, id) on delete cascade
);
create unique index if not exists reminders_reply on public.reminders (organization_id, reply_id);
call private.protect('reminders', true, 'none');

-- Everything that decides about an appointment's reminder. The rule itself is the notifier's.
create or replace function private.reminder_json(a public.appointments) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object(
    'organizationId', a.organization_id, 'appointmentId', a.id, 'status', a.status, 'startsAt', a.starts_at,
    'date', a.appointment_date, 'startTime', to_char(a.start_time, 'HH24:MI'),
    'serviceName', (select name from services where id = a.service_id),
    'memberName', (select private.member_name(first_name, last_name) from members where id = a.member_id),
    'organizationName', o.name, 'timezone', o.timezone, 'locale', o.locale, 'agentEnabled', o.agent_enabled,
    'reminderMinutes', o.reminder_minutes, 'templateId', o.reminder_template_id,
    'quietHours', case when o.quiet_hours_start is not null then
      jsonb_build_object('start', to_char(o.quiet_hours_start, 'HH24:MI'), 'end', to_char(o.quiet_hours_end, 'HH24:MI')) end,
    -- Since when the customer knows of this start.
    'arrangedAt', coalesce((select max(at) from appointment_history h where h.appointment_id = a.id and h.event in ('booked', 'rescheduled')), a.created_at),
    'firstName', c.first_name,
    'consent', (select authorization_type from contact_authorizations x where x.contact_id = c.id and x.channel = 'whatsapp' and x.is_active
                order by x.created_at desc limit 1),
    'customer', case when i.id is not null then jsonb_build_object('platformUserId', i.platform_user_id, 'chat', i.chat)
                     when c.phone_digits <> '' then jsonb_build_object('platformUserId', c.phone_digits, 'chat', null) end,
    'requested', exists (select 1 from reminders r where r.organization_id = a.organization_id and r.appointment_id = a.id and r.starts_at = a.starts_at))
  from organizations o
  left join contacts c on c.organization_id = a.organization_id and c.id = a.contact_id and c.erased_at is null
  left join lateral (
    select * from chat_identities ci where ci.organization_id = a.organization_id and ci.contact_id = c.id and ci.platform = 'whatsapp'
    order by (ci.chat is null), ci.last_seen desc limit 1
  ) i on true
  where o.id = a.organization_id
$$;

create or replace function public.reminder_facts(p_organization_id uuid, p_appointment_id uuid) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'reminder', (
    select private.reminder_json(a) from appointments a where a.organization_id = p_organization_id and a.id = p_appointment_id))
$$;

create or replace function public.remember_reminder(p_organization_id uuid, p_appointment_id uuid, p_starts_at timestamptz, p_reply_id text) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
begin
  if not exists (select 1 from appointments where organization_id = p_organization_id and id = p_appointment_id) then
    return private.refuse('appointment_not_found');
  end if;
  insert into reminders (organization_id, appointment_id, starts_at, reply_id) values (p_organization_id, p_appointment_id, p_starts_at, p_reply_id)
  on conflict do nothing;
  return jsonb_build_object('ok', true, 'remembered', found);
end $$;

-- The appointments whose reminder may be due within the horizon and has not left, page by page in the order of their start: what
-- the timers should hold, whatever became of them.
create or replace function public.list_reminders_due(
  p_horizon_minutes int, p_limit int default 500, p_after_starts_at timestamptz default null, p_after_id uuid default null
) returns jsonb language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'reminders', coalesce(jsonb_agg(private.reminder_json(a) order by a.starts_at, a.id), '[]'))
  from (
    select x.* from appointments x join organizations o on o.id = x.organization_id
    where x.status in ('programada', 'confirmada') and x.starts_at > now()
      and x.starts_at <= now() + make_interval(mins => greatest(p_horizon_minutes, 0) + o.reminder_minutes)
      and o.agent_enabled and o.reminder_template_id is not null
      and (p_after_starts_at is null or (x.starts_at, x.id) > (p_after_starts_at, coalesce(p_after_id, '00000000-0000-0000-0000-000000000000'::uuid)))
      and not exists (select 1 from reminders r where r.organization_id = x.organization_id and r.appointment_id = x.id and r.starts_at = x.starts_at)
    order by x.starts_at, x.id limit greatest(0, least(p_limit, 1000))
  ) a
$$;
create index if not exists appointments_coming on public.appointments (starts_at) where status in ('programada', 'confirmada');

-- What a conversation was told by others than the agent of this turn: staff's messages, and reminders. The agent has to know them.
create or replace function public.said_elsewhere(p_organization_id uuid, p_chat text, p_since timestamptz) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'lines', coalesce(jsonb_agg(jsonb_build_object('role', l.role, 'text', l.message, 'at', l.timestamp) order by l.timestamp), '[]'))
  from (
    select case when r.reply_id is not null then 'agent' else 'staff' end as role, left(m.message, 1000) as message, m.timestamp
    from chat_identities i
    join chat_messages m on m.chat_identity_id = i.id and m.direction = 'outgoing' and m.timestamp > p_since and m.message <> ''
    left join reminders r on r.organization_id = i.organization_id and r.reply_id = m.reply_id
    where i.organization_id = p_organization_id and i.chat = p_chat
      and (m.reply_id is null or m.reply_id like 'echo:%' or r.reply_id is not null)
    order by m.timestamp desc limit 10
  ) l
$$;

call private.add_own_functions('{reminder_facts,remember_reminder,list_reminders_due,said_elsewhere}');
call private.lock_down_functions();
