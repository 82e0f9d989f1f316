-- Staff who answer from the business phone silence the agent (decision 0055): the recorder switches it off where it writes
-- their words, and the outbox tells the log. Commutes with the CRM's switch: an answer older than the last time that
-- somebody switched the agent on changes nothing, and neither does one whose quiet time is over.

alter table public.chat_identities add column if not exists bot_resumed_at timestamptz;

create or replace function private.bot_switched() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_reason text := coalesce(nullif(current_setting('skytide.bot_reason', true), ''), 'crm');
begin
  if new.bot_enabled then
    new.bot_paused_at := null;
    new.bot_paused_reason := null;
    new.bot_resumes_at := null;
    -- Of the quiet time, its end and not the moment in which somebody noticed: words of staff from between the two count.
    new.bot_resumed_at := case when v_reason = 'quiet_time' then coalesce(old.bot_resumes_at, now()) else now() end;
  else
    new.bot_paused_at := now();
    new.bot_paused_reason := v_reason;
    new.bot_resumes_at := coalesce(nullif(current_setting('skytide.bot_resumes_at', true), '')::timestamptz,
      now() + make_interval(mins => (select quiet_minutes from organizations where id = new.organization_id)));
  end if;
  return new;
end $$;

-- Staff wrote at that time. True when that switched the agent off.
create or replace function private.pause_for_staff(p_chat_identity_id uuid, p_at timestamptz) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities; v_until timestamptz;
begin
  select * into i from chat_identities where id = p_chat_identity_id for no key update;
  select p_at + make_interval(mins => quiet_minutes) into v_until from organizations where id = i.organization_id;
  if not i.bot_enabled or i.bot_resumed_at >= p_at or v_until <= now() then return false; end if;
  return private.switch_bot(i.id, false, 'staff_echo', v_until);
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
  -- Their clock may run ahead; ours says when it was heard.
  if v_id is not null and e ->> 'type' = 'reply.echoed' then
    perform private.pause_for_staff(i.id, least((d ->> 'at')::timestamptz, (e ->> 'time')::timestamptz));
  end if;
  return v_id is not null;
end $$;

call private.lock_down_functions();
