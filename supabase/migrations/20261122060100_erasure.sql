-- Forgetting a customer for good: what erase_contact begins is finished outside (log, files, traces), may stop anywhere and is
-- done again until it is complete. A tombstone keeps what is needed for that, and keeps late events from bringing rows back.

create table if not exists public.erased_chats (
  organization_id  uuid not null references public.organizations (id) on delete cascade,
  chat             text not null,
  contact_id       uuid,
  identity_ids     uuid[] not null default '{}',      -- whose folders in bucket chat-media have to go
  appointment_ids  uuid[] not null default '{}',      -- whose reminders have to go
  erased_at        timestamptz not null default now(),
  finished_at      timestamptz,                       -- when log, files and traces were clear too
  primary key (organization_id, chat)
);
create index if not exists erased_chats_contact on public.erased_chats (organization_id, contact_id) where contact_id is not null;
call private.protect('erased_chats', false, 'none');

-- Whose conversation it is: by contact, by chat, or by what a tombstone remembers of an erasure that began before.
create or replace function private.chats_of(p_organization_id uuid, p_chat text, p_contact_id uuid) returns table (chat text, contact_id uuid)
language sql stable set search_path = public, pg_temp as $$
  with who as (
    select coalesce(p_contact_id,
      (select i.contact_id from chat_identities i where i.organization_id = p_organization_id and i.chat = p_chat),
      (select e.contact_id from erased_chats e where e.organization_id = p_organization_id and e.chat = p_chat)) as id
  )
  select i.chat, coalesce(i.contact_id, who.id) from who, chat_identities i left join contacts c on c.id = (select id from who)
  where i.organization_id = p_organization_id and i.chat is not null
    and (i.chat = p_chat or i.contact_id = who.id or (i.contact_id is null and c.phone_digits <> '' and private.vouched_phone(i) = c.phone_digits))
  union
  select e.chat, e.contact_id from who, erased_chats e
  where e.organization_id = p_organization_id and (e.chat = p_chat or e.contact_id = who.id)
  union
  select p_chat, who.id from who where p_chat is not null
$$;

-- What would be erased, in numbers.
create or replace function public.find_customer(p_organization_id uuid, p_chat text default null, p_contact_id uuid default null) returns jsonb
language plpgsql stable set search_path = public, pg_temp as $$
declare v_chats text[]; v_contact uuid;
begin
  if p_contact_id is not null and not exists (select 1 from contacts where organization_id = p_organization_id and id = p_contact_id) then
    return private.refuse('contact_not_found');
  end if;
  select array_agg(distinct x.chat), (array_agg(x.contact_id) filter (where x.contact_id is not null))[1] into v_chats, v_contact
  from private.chats_of(p_organization_id, p_chat, p_contact_id) x;
  return jsonb_build_object('ok', true, 'contactId', coalesce(p_contact_id, v_contact), 'chats', coalesce(to_jsonb(v_chats), '[]'),
    'identities', (select count(*) from chat_identities where organization_id = p_organization_id and chat = any (v_chats)),
    'messages', (select count(*) from chat_messages m join chat_identities i on i.id = m.chat_identity_id
                 where i.organization_id = p_organization_id and i.chat = any (v_chats)),
    'futureAppointments', (select count(*) from appointments where organization_id = p_organization_id and contact_id = coalesce(p_contact_id, v_contact)
                           and status in ('programada', 'confirmada') and starts_at > now()),
    'erased', coalesce((select bool_and(finished_at is not null) from erased_chats where organization_id = p_organization_id and chat = any (v_chats)), false));
end $$;

-- Erases the database's part and answers what has to be cleared elsewhere. Again is the same: the tombstones remember.
create or replace function public.erase_customer(p_organization_id uuid, p_chat text default null, p_contact_id uuid default null) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare v_chats text[]; v_contact uuid; v_chat text; v_found jsonb;
begin
  if length(p_chat) > 200 then return private.refuse('invalid_chats'); end if;
  if p_contact_id is not null and not exists (select 1 from contacts where organization_id = p_organization_id and id = p_contact_id) then
    return private.refuse('contact_not_found');
  end if;
  select coalesce(array_agg(distinct x.chat), '{}'), (array_agg(x.contact_id) filter (where x.contact_id is not null))[1] into v_chats, v_contact
  from private.chats_of(p_organization_id, p_chat, p_contact_id) x;
  v_contact := coalesce(p_contact_id, v_contact);
  -- The recorder of these conversations waits until we are through.
  perform pg_advisory_xact_lock(k)
  from (select distinct hashtextextended(p_organization_id || '.' || x, 0) as k from unnest(v_chats) x order by k) keys;
  insert into erased_chats as t (organization_id, chat, contact_id, identity_ids, appointment_ids)
  select p_organization_id, x, v_contact,
    array(select id from chat_identities where organization_id = p_organization_id and chat = x),
    array(select id from appointments where organization_id = p_organization_id and contact_id = v_contact)
  from unnest(v_chats) x
  on conflict (organization_id, chat) do update set erased_at = now(), finished_at = null, contact_id = coalesce(excluded.contact_id, t.contact_id),
    identity_ids = array(select distinct unnest(t.identity_ids || excluded.identity_ids)),
    appointment_ids = array(select distinct unnest(t.appointment_ids || excluded.appointment_ids));
  if v_contact is not null then
    perform public.erase_contact(p_organization_id, v_contact);
  end if;
  foreach v_chat in array v_chats loop
    delete from message_receipts where organization_id = p_organization_id and chat = v_chat;
    delete from recorder_backlog where organization_id = p_organization_id and chat = v_chat;
    delete from chat_identities where organization_id = p_organization_id and chat = v_chat;
    -- Once per conversation; erase_contact has told it already where the contact was not erased before.
    if not exists (select 1 from outbox where organization_id = p_organization_id and type = 'contact.erased' and chat = v_chat) then
      perform private.tell(p_organization_id, 'contact.erased',
        case when v_contact is null then '{}'::jsonb else jsonb_build_object('contactId', v_contact) end, null, null, v_chat);
    end if;
  end loop;
  delete from outbox where organization_id = p_organization_id and published_at is not null and type <> 'contact.erased'
    and (chat = any (v_chats) or contact_id = v_contact);
  delete from appointment_requests where organization_id = p_organization_id
    and appointment_id in (select id from appointments where organization_id = p_organization_id and contact_id = v_contact);
  select jsonb_build_object('chats', coalesce(jsonb_agg(chat), '[]'),
    'identityIds', coalesce((select jsonb_agg(distinct i) from erased_chats t, unnest(t.identity_ids) i where t.organization_id = p_organization_id and t.chat = any (v_chats)), '[]'),
    'appointmentIds', coalesce((select jsonb_agg(distinct a) from erased_chats t, unnest(t.appointment_ids) a where t.organization_id = p_organization_id and t.chat = any (v_chats)), '[]'))
  into v_found from erased_chats where organization_id = p_organization_id and chat = any (v_chats);
  return jsonb_build_object('ok', true, 'contactId', v_contact) || v_found;
end $$;

-- Log, files and traces are clear: what the tombstone kept for that is not needed any more.
create or replace function public.finish_erasure(p_organization_id uuid, p_chats jsonb) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare v_count int; v_chats text[];
begin
  if jsonb_typeof(p_chats) is distinct from 'array' then return private.refuse('invalid_chats'); end if;
  v_chats := array(select jsonb_array_elements_text(p_chats));
  delete from outbox where organization_id = p_organization_id and chat = any (v_chats) and published_at is not null and type <> 'contact.erased';
  update erased_chats set finished_at = now(), identity_ids = '{}', appointment_ids = '{}'
  where organization_id = p_organization_id and chat = any (v_chats);
  get diagnostics v_count = row_count;
  return jsonb_build_object('ok', true, 'finished', v_count);
end $$;

-- Organizations that keep messages for a limited time: the log keeps them no longer.
create or replace function public.list_retentions() returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'organizations', coalesce(jsonb_agg(jsonb_build_object('organizationId', id, 'days', message_retention_days) order by id), '[]'))
  from organizations where message_retention_days is not null
$$;

-- A late event of an erased conversation is recorded as little as one that is known already.
create or replace function private.record_event(e jsonb, p_media_base_url text) returns boolean
language plpgsql set search_path = public, pg_temp as $$
begin
  return case
    when exists (select 1 from erased_chats where organization_id = (e ->> 'org')::uuid and chat = e ->> 'chat' and erased_at >= (e ->> 'time')::timestamptz) then false
    when e ->> 'type' = 'message.received' then private.record_received(e)
    when e ->> 'type' = 'media.described' then private.record_described(e, p_media_base_url)
    when e ->> 'type' = 'message.deleted' then private.record_deleted(e)
    when e ->> 'type' in ('reply.sent', 'reply.echoed') then private.record_outgoing(e)
    else private.record_receipt(e) end;
end $$;

call private.add_own_functions('{find_customer,erase_customer,finish_erasure,list_retentions}');
call private.lock_down_functions();
