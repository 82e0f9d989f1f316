-- The recorder: events of the log into chat_identities and chat_messages. Every write commutes: any order, any
-- repetition and any split into batches ends in the same rows.

-- How far a message has come. A receipt only moves it forward.
create or replace function private.status_rank(p_status text) returns int
language sql immutable set search_path = pg_catalog as $$
  select case p_status when 'pending' then 0 when 'sent' then 1 when 'failed' then 2 when 'delivered' then 3 when 'read' then 4 else -1 end
$$;

-- What staff read where the content is not text.
create or replace function private.content_text(c jsonb) returns text
language sql immutable set search_path = pg_catalog as $$
  select case c ->> 'kind'
    when 'text' then c ->> 'text'
    when 'tap' then c ->> 'title'
    when 'media' then c ->> 'caption'
    when 'location' then concat_ws(', ', c ->> 'name', c ->> 'address', (c ->> 'latitude') || ', ' || (c ->> 'longitude'))
    when 'contact' then concat_ws(', ', c ->> 'name', (select string_agg(p, ', ') from jsonb_array_elements_text(c -> 'phones') p))
    when 'unsupported' then '[' || (c ->> 'what') || ']' end
$$;

create or replace function private.record_received(e jsonb) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare d jsonb := e -> 'data'; c jsonb := d -> 'content'; v_identity uuid; v_id uuid; v_platform_id text := d ->> 'providerMessageId';
  v_at timestamptz := least((d ->> 'sentAt')::timestamptz, (d ->> 'receivedAt')::timestamptz); v_name text := d #>> '{customer,name}';
begin
  insert into chat_identities as i (organization_id, platform, platform_user_id, chat, phone, profile_name, profile_name_at, gupshup_app_name, first_seen, last_seen, last_inbound_at)
  values ((e ->> 'org')::uuid, (d ->> 'platform')::chat_platform, d #>> '{customer,platformUserId}', e ->> 'chat', d #>> '{customer,phone}',
          v_name, case when v_name is not null then v_at end, d ->> 'app', v_at, v_at, v_at)
  on conflict (organization_id, platform, platform_user_id) do update set
    chat = excluded.chat, phone = coalesce(i.phone, excluded.phone),
    profile_name = case when excluded.profile_name_at >= coalesce(i.profile_name_at, '-infinity') then excluded.profile_name else i.profile_name end,
    profile_name_at = greatest(i.profile_name_at, excluded.profile_name_at),
    gupshup_app_name = case when excluded.last_inbound_at >= coalesce(i.last_inbound_at, '-infinity') or i.gupshup_app_name is null then excluded.gupshup_app_name else i.gupshup_app_name end,
    first_seen = least(i.first_seen, excluded.first_seen), last_seen = greatest(i.last_seen, excluded.last_seen),
    last_inbound_at = greatest(i.last_inbound_at, excluded.last_inbound_at)
  returning i.id into v_identity;
  -- What the agent before us recorded is not recorded again.
  if exists (select 1 from chat_messages where organization_id = (e ->> 'org')::uuid and platform_message_id = v_platform_id) then return false; end if;
  insert into chat_messages (organization_id, chat_identity_id, direction, message, media_type, media_mime_type, platform_message_id, received_via, message_status, timestamp, event_id)
  values ((e ->> 'org')::uuid, v_identity, 'incoming', private.content_text(c),
          case when c ->> 'kind' = 'media' then case c ->> 'mediaType' when 'sticker' then 'image' else c ->> 'mediaType' end end::media_type,
          c ->> 'mimeType', v_platform_id, (d ->> 'platform')::chat_platform, 'delivered', v_at, e ->> 'id')
  on conflict do nothing returning id into v_id;
  return v_id is not null;
end $$;

create or replace function private.record_described(e jsonb, p_media_base_url text) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare d jsonb := e -> 'data'; m chat_messages; v_text text := d #>> '{outcome,text}'; v_path text := d ->> 'storedPath';
begin
  select * into m from chat_messages where organization_id = (e ->> 'org')::uuid and event_id = d ->> 'messageId';
  if not found then return null; end if;
  -- Of a message that was taken back only the file's place is kept, so that the file can be deleted.
  update chat_messages set media_path = coalesce(v_path, media_path), media_mime_type = coalesce(d ->> 'mimeType', media_mime_type),
    processed_text = case when deleted_at is null then coalesce(v_text, processed_text) end,
    media_url = case when deleted_at is null then coalesce(p_media_base_url || v_path, media_url) end
  where id = m.id and (coalesce(v_text, processed_text), coalesce(v_path, media_path), coalesce(d ->> 'mimeType', media_mime_type))
    is distinct from (processed_text, media_path, media_mime_type);
  return found;
end $$;

create or replace function private.record_deleted(e jsonb) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare v_deleted timestamptz;
begin
  select coalesce(deleted_at, '-infinity') into v_deleted from chat_messages where organization_id = (e ->> 'org')::uuid and event_id = e #>> '{data,messageId}';
  if not found then return null; end if;
  if v_deleted > '-infinity' then return false; end if;
  update chat_messages set deleted_at = (e ->> 'time')::timestamptz, message = null, processed_text = null, media_url = null
  where organization_id = (e ->> 'org')::uuid and event_id = e #>> '{data,messageId}';
  return true;
end $$;

-- An outgoing message: the agent's (reply.sent) or one that staff wrote on the business phone (reply.echoed).
create or replace function private.record_outgoing(e jsonb) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare d jsonb := e -> 'data'; i chat_identities; v_id uuid; v_platform_id text := d ->> 'providerMessageId'; v_status text;
  v_reply text := coalesce(d ->> 'replyId', 'echo:' || (d ->> 'providerMessageId'));
begin
  select * into i from chat_identities where organization_id = (e ->> 'org')::uuid and chat = e ->> 'chat';
  if not found then return null; end if;
  -- Receipts may have overtaken the send.
  select status into v_status from message_receipts where organization_id = i.organization_id and ids @> array[v_platform_id]
  order by private.status_rank(status) desc limit 1;
  insert into chat_messages (organization_id, chat_identity_id, direction, message, platform_message_id, received_via, message_status, timestamp, reply_id, reply_index)
  values (i.organization_id, i.id, 'outgoing', d ->> 'text', v_platform_id, i.platform, coalesce(v_status, 'sent'), (d ->> 'at')::timestamptz,
          v_reply, coalesce((d ->> 'index')::int, 0))
  on conflict do nothing returning id into v_id;
  return v_id is not null;
end $$;

create or replace function private.record_receipt(e jsonb) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare d jsonb := e -> 'data'; v_status text := replace(split_part(e ->> 'type', '.', 2), 'accepted', 'sent'); v_ids text[];
begin
  -- A failure of a message that was never sent has no id: there is no row that it could speak of.
  v_ids := array(select distinct x from unnest(array[d ->> 'providerMessageId'] || array(select jsonb_array_elements_text(d -> 'otherIds'))) x where x is not null order by x);
  if cardinality(v_ids) = 0 then return false; end if;
  insert into message_receipts as r (organization_id, platform_message_id, status, ids, chat, at, code)
  values ((e ->> 'org')::uuid, coalesce(d ->> 'providerMessageId', v_ids[1]), v_status, v_ids, e ->> 'chat', (d ->> 'at')::timestamptz, d ->> 'providerCode')
  on conflict (organization_id, platform_message_id, status) do update set
      ids = (select array_agg(distinct x order by x) from unnest(r.ids || excluded.ids) x), at = least(r.at, excluded.at), code = least(r.code, excluded.code)
    where not r.ids @> excluded.ids or excluded.at < r.at or r.code is distinct from least(r.code, excluded.code);
  if not found then return false; end if;
  update chat_messages set message_status = v_status
  where organization_id = (e ->> 'org')::uuid and platform_message_id = any (v_ids) and direction = 'outgoing'
    and private.status_rank(v_status) > private.status_rank(message_status);
  return true;
end $$;

-- One event: true when it changed something, false when it was known, null when it has to wait for another.
create or replace function private.record_event(e jsonb, p_media_base_url text) returns boolean
language plpgsql set search_path = public, pg_temp as $$
begin
  return case e ->> 'type'
    when 'message.received' then private.record_received(e)
    when 'media.described' then private.record_described(e, p_media_base_url)
    when 'message.deleted' then private.record_deleted(e)
    when 'reply.sent' then private.record_outgoing(e)
    when 'reply.echoed' then private.record_outgoing(e)
    else private.record_receipt(e) end;
end $$;

-- What every event has, and that the names which stand in an index have room there.
create or replace function private.is_recordable(e jsonb) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select coalesce(jsonb_typeof(e) = 'object' and e ->> 'type' is not null and (e ->> 'org')::uuid is not null
    and length(e ->> 'id') between 1 and 500 and length(e ->> 'chat') between 1 and 200 and jsonb_typeof(e -> 'data') = 'object'
    and coalesce(length(e #>> '{data,customer,platformUserId}'), 0) <= 200
    and not exists (
      select 1 from (values (e #>> '{data,providerMessageId}'), (e #>> '{data,messageId}'), (e #>> '{data,replyId}')) named (name) where length(name) > 500
      union all
      select 1 from jsonb_array_elements_text(case when jsonb_typeof(e #> '{data,otherIds}') = 'array' then e #> '{data,otherIds}' end) x where length(x) > 500), false)
$$;

create or replace function public.record_events(p_events jsonb, p_media_base_url text default '') returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare e jsonb; v_changed boolean; v_recorded int := 0; v_duplicates int := 0;
begin
  if jsonb_typeof(p_events) is distinct from 'array' or exists (select 1 from jsonb_array_elements(p_events) x where not private.is_recordable(x)) then
    return private.refuse('invalid_event');
  end if;
  -- One recorder at a time per conversation, in one order: what waits for another event is never missed by a
  -- transaction that runs beside.
  perform pg_advisory_xact_lock(k)
  from (select distinct hashtextextended((x ->> 'org') || '.' || (x ->> 'chat'), 0) as k from jsonb_array_elements(p_events) x order by k) keys;
  for e in
    select x from (
      select x, n from jsonb_array_elements(p_events) with ordinality t(x, n)
      union all
      select b.event, 0 from recorder_backlog b
      where (b.organization_id, b.chat) in (select distinct (y ->> 'org')::uuid, y ->> 'chat' from jsonb_array_elements(p_events) y)
    ) all_events
    order by case x ->> 'type' when 'message.received' then 0 when 'media.described' then 2 when 'message.deleted' then 3 else 1 end, n
  loop
    v_changed := private.record_event(e, p_media_base_url);
    if v_changed is null then
      insert into recorder_backlog (organization_id, chat, event_id, event)
      values ((e ->> 'org')::uuid, e ->> 'chat', e ->> 'id', e) on conflict do nothing;
      v_changed := found;
    else
      delete from recorder_backlog where organization_id = (e ->> 'org')::uuid and chat = e ->> 'chat' and event_id = e ->> 'id';
    end if;
    if v_changed then v_recorded := v_recorded + 1; else v_duplicates := v_duplicates + 1; end if;
  end loop;
  return jsonb_build_object('ok', true, 'recorded', v_recorded, 'duplicates', v_duplicates);
end $$;

call private.lock_down_functions();
