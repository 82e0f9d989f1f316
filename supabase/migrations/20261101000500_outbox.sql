-- What the log has yet to hear of, whoever changed it: appointments, consent, the agent's switch, escalations, contacts.
-- Ids, times and codes; nothing about people.

create table if not exists public.outbox (
  id                bigint generated always as identity primary key,
  organization_id   uuid not null references public.organizations (id) on delete cascade,
  type              text not null,
  data              jsonb not null,
  contact_id        uuid,
  chat_identity_id  uuid,
  chat              text,                             -- kept where it was known: an erased identity cannot be asked any more
  occurred_at       timestamptz not null default now(),
  claimed_until     timestamptz,
  published_at      timestamptz
);
create index if not exists outbox_pending on public.outbox (id) where published_at is null;
create index if not exists outbox_published on public.outbox (published_at) where published_at is not null;

create or replace function private.tell(
  p_organization_id uuid, p_type text, p_data jsonb, p_contact_id uuid default null, p_chat_identity_id uuid default null, p_chat text default null
) returns void language sql security definer set search_path = public, pg_temp as $$
  insert into outbox (organization_id, type, data, contact_id, chat_identity_id, chat)
  values (p_organization_id, p_type, p_data, p_contact_id, p_chat_identity_id, coalesce(p_chat,
    (select chat from chat_identities where id = p_chat_identity_id),
    (select chat from chat_identities where contact_id = p_contact_id and chat is not null order by last_seen desc limit 1)))
$$;

-- ------------------------------------------------------------ appointments

create or replace function private.appointment_event(p_old public.appointments, p_new public.appointments) returns text
language sql immutable set search_path = pg_catalog as $$
  select case
    when p_old.id is null then case when p_new.status in ('programada', 'confirmada') then 'booked' end
    when p_new.status in ('programada', 'confirmada') and p_old.status not in ('programada', 'confirmada') then 'booked'
    when p_new.status in ('programada', 'confirmada')
      and (p_new.appointment_date, p_new.start_time, p_new.end_time, p_new.member_id, p_new.service_id)
        is distinct from (p_old.appointment_date, p_old.start_time, p_old.end_time, p_old.member_id, p_old.service_id) then 'rescheduled'
    when p_new.status = p_old.status then null
    else case p_new.status when 'confirmada' then 'confirmed' when 'cancelada' then 'cancelled' when 'completada' then 'completed'
                           when 'no_asistio' then 'no_show' end
  end
$$;

create or replace function private.appointment_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_old appointments; v_event text;
begin
  if tg_op = 'UPDATE' then v_old := old; end if;
  v_event := private.appointment_event(v_old, new);
  if v_event is null then return null; end if;
  insert into appointment_history (organization_id, appointment_id, event, old_status, new_status, old_starts_at, new_starts_at, old_member_id, new_member_id)
  values (new.organization_id, new.id, v_event, v_old.status, new.status, v_old.starts_at, new.starts_at, v_old.member_id, new.member_id);
  perform private.tell(new.organization_id, 'appointment.' || v_event, jsonb_build_object(
      'appointmentId', new.id, 'contactId', new.contact_id, 'serviceId', new.service_id, 'memberId', new.member_id,
      'date', new.appointment_date, 'startTime', to_char(new.start_time, 'HH24:MI'), 'endTime', to_char(new.end_time, 'HH24:MI'),
      'startsAt', new.starts_at, 'timezone', (select timezone from organizations where id = new.organization_id), 'status', new.status),
    new.contact_id);
  return null;
end $$;
create or replace trigger appointments_changed after insert or update on public.appointments
  for each row execute function private.appointment_changed();

-- ------------------------------------------------------ contacts, consent

create or replace function private.contact_created() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform private.tell(new.organization_id, 'contact.created', jsonb_build_object('contactId', new.id), new.id, null,
    (select chat from chat_identities where organization_id = new.organization_id and platform = 'whatsapp' and platform_user_id = new.phone_digits));
  return null;
end $$;
create or replace trigger contacts_created after insert on public.contacts for each row execute function private.contact_created();

-- One word counts per contact and channel: the last one.
create or replace function private.consent_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not new.is_active then return null; end if;
  if tg_op = 'UPDATE' and old.is_active and old.authorization_type = new.authorization_type then return null; end if;
  update contact_authorizations set is_active = false where contact_id = new.contact_id and channel = new.channel and is_active and id <> new.id;
  perform private.tell(new.organization_id, 'consent.changed',
    jsonb_build_object('contactId', new.contact_id, 'channel', new.channel, 'state', new.authorization_type), new.contact_id);
  return null;
end $$;
create or replace trigger contact_authorizations_changed after insert or update of is_active, authorization_type on public.contact_authorizations
  for each row execute function private.consent_changed();

-- ------------------------------------------------------- the agent's switch

-- Our functions say why they switch in a setting of their transaction; whoever does not say is the CRM.
create or replace function private.bot_switched() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_reason text := coalesce(nullif(current_setting('skytide.bot_reason', true), ''), 'crm');
begin
  if new.bot_enabled then
    new.bot_paused_at := null;
    new.bot_paused_reason := null;
    new.bot_resumes_at := null;
  else
    new.bot_paused_at := now();
    new.bot_paused_reason := v_reason;
    new.bot_resumes_at := coalesce(nullif(current_setting('skytide.bot_resumes_at', true), '')::timestamptz,
      now() + make_interval(mins => (select quiet_minutes from organizations where id = new.organization_id)));
  end if;
  return new;
end $$;
create or replace trigger chat_identities_switched before update of bot_enabled on public.chat_identities
  for each row when (new.bot_enabled is distinct from old.bot_enabled) execute function private.bot_switched();

create or replace function private.bot_switch_told() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_reason text := coalesce(nullif(current_setting('skytide.bot_reason', true), ''), 'crm');
begin
  perform private.tell(new.organization_id, case when new.bot_enabled then 'bot.resumed' else 'bot.paused' end,
    jsonb_build_object('reason', v_reason), new.contact_id, new.id);
  if new.bot_enabled then
    update escalations set status = 'resolved', closed_at = now() where chat_identity_id = new.id and status = 'notified';
  end if;
  return null;
end $$;
create or replace trigger chat_identities_told after update of bot_enabled on public.chat_identities
  for each row when (new.bot_enabled is distinct from old.bot_enabled) execute function private.bot_switch_told();

create or replace function private.escalation_closed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform private.tell(new.organization_id, 'escalation.resolved', jsonb_build_object('escalationId', new.id), null, new.chat_identity_id);
  return null;
end $$;
create or replace trigger escalations_closed after update of status on public.escalations
  for each row when (new.status = 'resolved' and old.status <> 'resolved') execute function private.escalation_closed();

-- The quiet time counts from the last word of staff.
create or replace function private.staff_wrote() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update chat_identities i set bot_resumes_at = greatest(i.bot_resumes_at, new.timestamp + make_interval(mins => o.quiet_minutes))
  from organizations o
  where i.id = new.chat_identity_id and o.id = i.organization_id and not i.bot_enabled and i.bot_resumes_at is not null and o.quiet_minutes is not null;
  return null;
end $$;
create or replace trigger chat_messages_staff_wrote after insert on public.chat_messages
  for each row when (new.direction = 'outgoing' and coalesce(new.reply_id, 'echo:') like 'echo:%') execute function private.staff_wrote();

-- ------------------------------------------------------------ the relay's door

-- One lease at a time over all replicas: what concerns one conversation leaves in the order in which it happened.
create or replace function public.claim_outbox(p_limit int default 100, p_lease_ms int default 30000) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare v_rows jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended('skytide outbox', 0));
  if exists (select 1 from outbox where published_at is null and claimed_until > now()) then
    return jsonb_build_object('ok', true, 'rows', '[]'::jsonb);
  end if;
  with claimed as (
    update outbox set claimed_until = clock_timestamp() + make_interval(secs => greatest(p_lease_ms, 0) / 1000.0)
    where id in (select id from outbox where published_at is null order by id limit greatest(least(p_limit, 1000), 0))
    returning *
  )
  select jsonb_agg(jsonb_build_object(
      'id', c.id, 'organizationId', c.organization_id, 'type', c.type, 'data', c.data, 'occurredAt', c.occurred_at,
      'chat', coalesce(c.chat, i.chat),
      'customer', case
        when i.id is not null then jsonb_build_object('platform', i.platform, 'platformUserId', i.platform_user_id)
        when p.phone_digits <> '' then jsonb_build_object('platform', 'whatsapp', 'platformUserId', p.phone_digits) end
    ) order by c.id)
  into v_rows
  from claimed c
  left join contacts p on p.id = c.contact_id
  left join lateral (
    select ci.* from chat_identities ci
    where ci.organization_id = c.organization_id and (ci.id = c.chat_identity_id or (c.chat_identity_id is null and ci.contact_id = c.contact_id))
    order by (ci.chat is null), ci.last_seen desc limit 1
  ) i on true;
  return jsonb_build_object('ok', true, 'rows', coalesce(v_rows, '[]'));
end $$;

create or replace function public.mark_outbox_published(p_ids bigint[]) returns jsonb
language sql set search_path = public, pg_temp as $$
  with done as (update outbox set published_at = now(), claimed_until = null where id = any (p_ids) and published_at is null returning 1)
  select jsonb_build_object('ok', true, 'published', (select count(*) from done))
$$;

call private.lock_down_functions();
