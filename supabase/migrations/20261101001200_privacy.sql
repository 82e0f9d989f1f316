-- Forgetting: one person at once, and everybody's words after the organization's retention.

-- Deletes what says who somebody is or what they said; what the organization must keep (that an appointment took place)
-- stays without a name. Answers what has to be cleared elsewhere: the log's conversations and the stored files.
create or replace function public.erase_contact(p_organization_id uuid, p_contact_id uuid) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare c contacts; v_identities uuid[]; v_chats text[]; v_paths text[]; v_messages int; v_chat text;
begin
  select * into c from contacts where organization_id = p_organization_id and id = p_contact_id for update;
  if not found then return private.refuse('contact_not_found'); end if;
  select coalesce(array_agg(id), '{}'), coalesce(array_agg(chat) filter (where chat is not null), '{}') into v_identities, v_chats
  from chat_identities i where organization_id = p_organization_id
    and (contact_id = c.id or (contact_id is null and c.phone_digits <> '' and private.vouched_phone(i) = c.phone_digits));
  select count(*), coalesce(array_agg(media_path) filter (where media_path is not null), '{}') into v_messages, v_paths
  from chat_messages where chat_identity_id = any (v_identities);

  update appointments set status = 'cancelada' where contact_id = c.id and status in ('programada', 'confirmada') and starts_at > now();
  update appointments set notes = null where contact_id = c.id and notes is not null;
  delete from message_receipts where organization_id = p_organization_id and chat = any (v_chats);
  delete from recorder_backlog where organization_id = p_organization_id and chat = any (v_chats);
  delete from contact_authorizations where contact_id = c.id;
  delete from chat_identities where id = any (v_identities);   -- and with them messages, sends, escalations, notices
  update contacts set first_name = '', last_name = '', phone = '', country_code = '', email = null, document_type = null, document_number = null,
    birth_date = null, address = null, city = null, gender = null, erased_at = coalesce(erased_at, now())
  where id = c.id;
  if c.erased_at is null then
    foreach v_chat in array v_chats loop
      perform private.tell(p_organization_id, 'contact.erased', jsonb_build_object('contactId', c.id), null, null, v_chat);
    end loop;
  end if;
  return jsonb_build_object('ok', true, 'chats', to_jsonb(v_chats), 'messages', v_messages, 'mediaPaths', to_jsonb(v_paths));
end $$;

create or replace function public.purge_expired(p_batch int default 1000) returns jsonb
language sql set search_path = public, pg_temp as $$
  with messages as (
    delete from chat_messages where id in (
      select m.id from chat_messages m join organizations o on o.id = m.organization_id
      where m.timestamp < now() - make_interval(days => o.message_retention_days) limit p_batch)
    returning media_path
  ), told as (
    delete from outbox where id in (select id from outbox where published_at < now() - interval '7 days' limit p_batch) returning 1
  ), receipts as (
    delete from message_receipts where (organization_id, platform_message_id, status) in (
      select organization_id, platform_message_id, status from message_receipts where at < now() - interval '30 days' limit p_batch)
    returning 1
  ), waiting as (
    delete from recorder_backlog where (organization_id, chat, event_id) in (
      select organization_id, chat, event_id from recorder_backlog where created_at < now() - interval '30 days' limit p_batch)
  )
  select jsonb_build_object('ok', true, 'messages', (select count(*) from messages), 'outbox', (select count(*) from told), 'receipts', (select count(*) from receipts),
    'mediaPaths', coalesce((select jsonb_agg(media_path) from messages where media_path is not null), '[]'))
$$;

call private.lock_down_functions();
