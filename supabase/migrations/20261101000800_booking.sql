-- Booking and what may be done with an appointment afterwards. Every function answers the same when it is asked again.

create or replace function private.appointment_json(a public.appointments) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('id', a.id, 'serviceId', a.service_id, 'memberId', a.member_id, 'date', a.appointment_date,
    'startTime', to_char(a.start_time, 'HH24:MI'), 'endTime', to_char(a.end_time, 'HH24:MI'), 'startsAt', a.starts_at, 'status', a.status,
    'serviceName', (select name from services where id = a.service_id),
    'memberName', (select private.member_name(first_name, last_name) from members where id = a.member_id))
$$;

-- The number that the platform vouches for; never one that the customer typed.
create or replace function private.vouched_phone(i public.chat_identities) returns text
language sql immutable set search_path = pg_catalog as $$
  select coalesce(i.phone, case when i.platform = 'whatsapp' and i.platform_user_id ~ '^[0-9]{6,20}$' then i.platform_user_id end)
$$;

create or replace function private.find_contact(i public.chat_identities) returns uuid
language sql stable set search_path = public, pg_temp as $$
  select id from contacts where organization_id = i.organization_id and phone_digits = private.vouched_phone(i) and erased_at is null
  order by created_at, id limit 1
$$;

-- The contact of a conversation: the one it has, else the one with its vouched number, else a new one. A customer who
-- claims somebody's phone in words can therefore never see or move that person's appointments.
create or replace function private.resolve_contact_on_booking(i public.chat_identities, p_first_name text, p_last_name text) returns uuid
language plpgsql set search_path = public, pg_temp as $$
declare v_id uuid := coalesce(i.contact_id, private.find_contact(i)); v_phone text := private.vouched_phone(i); v_code text;
begin
  if v_id is null then
    v_code := case when v_phone is not null then private.country_code_of(v_phone) else '' end;
    insert into contacts (organization_id, first_name, last_name, phone, country_code, created_by)
    values (i.organization_id, btrim(p_first_name), btrim(coalesce(p_last_name, '')), coalesce(substring(v_phone from length(v_code)), ''), v_code,
            private.system_member(i.organization_id))
    returning id into v_id;
  end if;
  if i.contact_id is distinct from v_id then update chat_identities set contact_id = v_id where id = i.id; end if;
  return v_id;
end $$;

-- The wish behind a key: the same one again is answered, another one under the same key is refused.
create or replace function private.known_request(p_organization_id uuid, p_key text, p_fingerprint text) returns jsonb
language plpgsql stable set search_path = public, pg_temp as $$
declare r appointment_requests; a appointments;
begin
  select * into r from appointment_requests where organization_id = p_organization_id and idempotency_key = p_key;
  if not found then return null; end if;
  if r.fingerprint <> p_fingerprint then return private.refuse('idempotency_conflict'); end if;
  select * into a from appointments where id = r.appointment_id;
  return jsonb_build_object('ok', true, 'replayed', true, 'appointment', private.appointment_json(a), 'contactId', a.contact_id);
end $$;

create or replace function public.book_appointment(
  p_organization_id uuid, p_chat_identity_id uuid, p_service_id uuid, p_starts_at timestamptz, p_idempotency_key text,
  p_member_id uuid default null, p_first_name text default null, p_last_name text default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities; o organizations; a appointments; v_contact uuid; v_answer jsonb; v_members uuid[]; v_member uuid; v_lasts interval; v_wish text;
begin
  -- One booking at a time per conversation: a repeated call sees what the first one did.
  select * into i from chat_identities where organization_id = p_organization_id and id = p_chat_identity_id for no key update;
  if not found then return private.refuse('identity_not_found'); end if;
  if length(p_idempotency_key) not between 1 and 500 then return private.refuse('idempotency_conflict'); end if;
  v_wish := concat_ws('|', 'book', p_chat_identity_id, p_service_id, extract(epoch from p_starts_at));
  v_answer := private.known_request(p_organization_id, p_idempotency_key, v_wish);
  if v_answer is not null then return v_answer; end if;

  v_contact := coalesce(i.contact_id, private.find_contact(i));
  v_answer := coalesce(private.service_refusal(p_organization_id, p_service_id, v_contact), private.member_refusal(p_organization_id, p_service_id, p_member_id));
  if v_answer is not null then return v_answer; end if;
  if v_contact is null and coalesce(btrim(p_first_name), '') = '' then return private.refuse('name_required'); end if;
  if length(p_first_name) > 200 or length(p_last_name) > 200 then return private.refuse('invalid_name'); end if;

  -- The same wish under another key is the same appointment; the contact's lock covers two conversations of one person.
  perform 1 from contacts where id = v_contact for no key update;
  select * into a from appointments where organization_id = p_organization_id and contact_id = v_contact and service_id = p_service_id
    and starts_at = p_starts_at and status in ('programada', 'confirmada') limit 1;
  if found then
    return jsonb_build_object('ok', true, 'replayed', true, 'appointment', private.appointment_json(a), 'contactId', a.contact_id);
  end if;

  select * into o from organizations where id = p_organization_id;
  v_members := case when p_member_id is not null then array[p_member_id] end;
  if p_starts_at < private.bookable_from(o) or p_starts_at > private.bookable_until(o) or not isfinite(p_starts_at) then
    return private.start_refusal(p_organization_id, p_service_id, p_starts_at, v_members, null);
  end if;
  select make_interval(mins => duration_minutes) into v_lasts from services where id = p_service_id;

  for v_member in
    select f.member_id from private.free_starts(p_organization_id, p_service_id, p_starts_at, p_starts_at, v_members) f
    order by private.load_of(f.member_id, p_starts_at), f.member_id
  loop
    begin
      -- Without this lock two inserts of one slot wait for each other until one dies as a deadlock. The refusal below
      -- comes after the wait, so it sees what the winner committed.
      perform 1 from members where id = v_member for no key update;
      v_contact := private.resolve_contact_on_booking(i, p_first_name, p_last_name);
      insert into appointments (organization_id, contact_id, service_id, member_id, appointment_date, start_time, end_time, status, created_by)
      values (p_organization_id, v_contact, p_service_id, v_member, (p_starts_at at time zone o.timezone)::date,
              (p_starts_at at time zone o.timezone)::time, ((p_starts_at + v_lasts) at time zone o.timezone)::time, 'programada',
              private.system_member(p_organization_id))
      returning * into a;
      insert into appointment_requests (organization_id, idempotency_key, appointment_id, fingerprint)
      values (p_organization_id, p_idempotency_key, a.id, v_wish);
      return jsonb_build_object('ok', true, 'replayed', false, 'appointment', private.appointment_json(a), 'contactId', v_contact);
    exception
      when exclusion_violation then null;   -- somebody was faster; undoing this block also gives the lock back
      when unique_violation then            -- another conversation used the key just now
        return coalesce(private.known_request(p_organization_id, p_idempotency_key, v_wish), private.refuse('idempotency_conflict'));
    end;
  end loop;
  return private.start_refusal(p_organization_id, p_service_id, p_starts_at, v_members, null);
end $$;

-- Somebody else's appointment answers the same as one that does not exist.
create or replace function private.own_appointment(p_organization_id uuid, p_chat_identity_id uuid, p_appointment_id uuid) returns public.appointments
language sql set search_path = public, pg_temp as $$
  select a.* from appointments a join chat_identities i on i.organization_id = a.organization_id and i.contact_id = a.contact_id
  where a.organization_id = p_organization_id and i.id = p_chat_identity_id and a.id = p_appointment_id
  for no key update of a
$$;

create or replace function private.changed(a public.appointments, p_replayed boolean) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'replayed', p_replayed, 'appointment', private.appointment_json(a))
$$;

-- A line at the end of the notes, which staff read: what happened, in the organization's own time.
create or replace function private.note_line(p_notes text, p_organization_id uuid, p_text text) returns text
language sql stable set search_path = public, pg_temp as $$
  select concat_ws(E'\n', nullif(p_notes, ''), to_char(now() at time zone o.timezone, 'YYYY-MM-DD HH24:MI') || ' ' || p_text)
  from organizations o where o.id = p_organization_id
$$;

create or replace function public.confirm_appointment(p_organization_id uuid, p_chat_identity_id uuid, p_appointment_id uuid) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare a appointments;
begin
  a := private.own_appointment(p_organization_id, p_chat_identity_id, p_appointment_id);
  if a.id is null then return private.refuse('appointment_not_found'); end if;
  if a.status = 'confirmada' then return private.changed(a, true); end if;
  if a.status <> 'programada' or a.starts_at <= now() then return private.refuse('not_confirmable'); end if;
  update appointments set status = 'confirmada' where id = a.id returning * into a;
  return private.changed(a, false);
end $$;

create or replace function public.cancel_appointment(p_organization_id uuid, p_chat_identity_id uuid, p_appointment_id uuid, p_reason text default null) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare a appointments; o organizations;
begin
  a := private.own_appointment(p_organization_id, p_chat_identity_id, p_appointment_id);
  if a.id is null then return private.refuse('appointment_not_found'); end if;
  if a.status = 'cancelada' then return private.changed(a, true); end if;
  if a.status not in ('programada', 'confirmada') or a.starts_at <= now() then return private.refuse('not_cancellable'); end if;
  select * into o from organizations where id = p_organization_id;
  if a.starts_at < now() + make_interval(mins => o.cancel_notice_minutes) then return private.refuse('too_late'); end if;
  update appointments set status = 'cancelada',
    notes = private.note_line(notes, p_organization_id, 'Cancelada por el cliente (WhatsApp)' || coalesce(': ' || left(nullif(btrim(p_reason), ''), 500), ''))
  where id = a.id returning * into a;
  return private.changed(a, false);
end $$;

create or replace function public.reschedule_appointment(
  p_organization_id uuid, p_chat_identity_id uuid, p_appointment_id uuid, p_starts_at timestamptz, p_idempotency_key text, p_member_id uuid default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare a appointments; o organizations; v_answer jsonb; v_member uuid; v_members uuid[]; v_lasts interval; v_wish text;
begin
  a := private.own_appointment(p_organization_id, p_chat_identity_id, p_appointment_id);
  if a.id is null then return private.refuse('appointment_not_found'); end if;
  v_wish := concat_ws('|', 'move', p_appointment_id, extract(epoch from p_starts_at), p_member_id);
  v_answer := private.known_request(p_organization_id, p_idempotency_key, v_wish);
  if v_answer is not null then return v_answer; end if;
  if a.status not in ('programada', 'confirmada') or a.starts_at <= now() then return private.refuse('not_reschedulable'); end if;
  if a.starts_at = p_starts_at and (p_member_id is null or p_member_id = a.member_id) then return private.changed(a, true); end if;
  select * into o from organizations where id = p_organization_id;
  if a.starts_at < now() + make_interval(mins => o.cancel_notice_minutes) then return private.refuse('too_late'); end if;
  v_answer := coalesce(private.service_refusal(p_organization_id, a.service_id, a.contact_id), private.member_refusal(p_organization_id, a.service_id, p_member_id));
  if v_answer is not null then return v_answer; end if;
  v_members := case when p_member_id is not null then array[p_member_id] end;
  if p_starts_at < private.bookable_from(o) or p_starts_at > private.bookable_until(o) or not isfinite(p_starts_at) then
    return private.start_refusal(p_organization_id, a.service_id, p_starts_at, v_members, a.id);
  end if;
  select make_interval(mins => duration_minutes) into v_lasts from services where id = a.service_id;

  for v_member in
    select f.member_id from private.free_starts(p_organization_id, a.service_id, p_starts_at, p_starts_at, v_members, a.id) f
    order by (f.member_id is distinct from a.member_id), private.load_of(f.member_id, p_starts_at), f.member_id
  loop
    begin
      -- Both people in one order: two moves into each other's place cannot wait for one another.
      perform 1 from members where id in (a.member_id, v_member) order by id for no key update;
      update appointments set member_id = v_member, status = 'programada', appointment_date = (p_starts_at at time zone o.timezone)::date,
        start_time = (p_starts_at at time zone o.timezone)::time, end_time = ((p_starts_at + v_lasts) at time zone o.timezone)::time,
        notes = private.note_line(notes, p_organization_id, 'Reagendada por el cliente (WhatsApp): antes ' || to_char(a.appointment_date, 'YYYY-MM-DD') || ' ' || to_char(a.start_time, 'HH24:MI'))
      where id = a.id returning * into a;
      insert into appointment_requests (organization_id, idempotency_key, appointment_id, fingerprint)
      values (p_organization_id, p_idempotency_key, a.id, v_wish);
      return private.changed(a, false);
    exception
      when exclusion_violation then null;
      when unique_violation then
        return coalesce(private.known_request(p_organization_id, p_idempotency_key, v_wish), private.refuse('idempotency_conflict'));
    end;
  end loop;
  return private.start_refusal(p_organization_id, a.service_id, p_starts_at, v_members, a.id);
end $$;

call private.lock_down_functions();
