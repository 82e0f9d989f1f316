-- What goes out: notices to staff and messages to customers, each under a row that is claimed before the call and settled
-- after it. A claim without an end is a call of which nobody knows how it went.

-- ---------------------------------------------------------------- notices

create or replace function public.begin_notice(p_organization_id uuid, p_escalation_id uuid) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'notice', (
    select jsonb_build_object('chat', i.chat, 'state', e.status, 'reason', e.reason, 'summary', e.summary, 'raisedAt', e.raised_at,
      'organizationName', o.name, 'timezone', o.timezone, 'locale', o.locale,
      'customerName', coalesce(nullif(private.member_name(c.first_name, c.last_name), ''), i.profile_name, ''),
      'customerPhone', private.vouched_phone(i),
      'recipients', coalesce((
        select jsonb_agg(jsonb_build_object('phone', phone) order by phone)
        from (select distinct private.digits(country_code || recipient_phone) as phone from internal_notifications_config
              where organization_id = e.organization_id and is_enabled) r where phone ~ '^[0-9]{6,20}$'), '[]'))
    from escalations e join organizations o on o.id = e.organization_id join chat_identities i on i.id = e.chat_identity_id
    left join contacts c on c.id = i.contact_id and c.erased_at is null
    where e.organization_id = p_organization_id and e.id = p_escalation_id and e.closed_at is null))
$$;

create or replace function public.claim_notice(
  p_organization_id uuid, p_escalation_id uuid, p_phone text, p_resend boolean default false
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare n notice_sends;
begin
  if not exists (select 1 from escalations where organization_id = p_organization_id and id = p_escalation_id) then
    return private.refuse('escalation_not_found');
  end if;
  insert into notice_sends as s (organization_id, escalation_id, phone) values (p_organization_id, p_escalation_id, p_phone)
  on conflict (organization_id, escalation_id, phone) do update
    set state = 'claimed', claimed_at = clock_timestamp(), settled_at = null, attempts = s.attempts + case s.state when 'released' then 0 else 1 end
    where s.state = 'released' or (p_resend and s.state in ('claimed', 'unknown') and s.attempts < 2);
  if found then return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', 'new')); end if;
  select * into n from notice_sends where organization_id = p_organization_id and escalation_id = p_escalation_id and phone = p_phone;
  if n.state in ('accepted', 'rejected') then
    return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', n.state));
  end if;
  return jsonb_build_object('ok', true, 'claim',
    jsonb_build_object('kind', 'unknown', 'ageMs', private.age_ms(n.claimed_at), 'attempts', n.attempts));
end $$;

create or replace function public.settle_notice(
  p_organization_id uuid, p_escalation_id uuid, p_phone text, p_outcome text, p_provider_message_id text default null, p_code text default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
begin
  if p_outcome not in ('accepted', 'rejected', 'unknown', 'released') then return private.refuse('invalid_outcome'); end if;
  update notice_sends set state = p_outcome, settled_at = now(), provider_message_id = coalesce(p_provider_message_id, provider_message_id), code = p_code
  where organization_id = p_organization_id and escalation_id = p_escalation_id and phone = p_phone and state in ('claimed', 'unknown');
  if found or exists (select 1 from notice_sends where organization_id = p_organization_id and escalation_id = p_escalation_id and phone = p_phone) then
    return jsonb_build_object('ok', true);
  end if;
  return private.refuse('notice_not_claimed');
end $$;

-- ------------------------------------------------------------------ sends

-- The app that answers: the one that the customer wrote to, else the organization's first.
create or replace function private.connection_of(i public.chat_identities) returns public.platform_connections
language sql stable set search_path = public, pg_temp as $$
  select * from platform_connections
  where organization_id = i.organization_id and platform = i.platform and is_active
    and gupshup_app_name is not null and gupshup_api_key is not null and whatsapp_business_number is not null
  order by (gupshup_app_name = i.gupshup_app_name) desc nulls last, created_at, id limit 1
$$;

create or replace function private.age_ms(p_at timestamptz) returns bigint
language sql volatile set search_path = pg_catalog as $$
  select greatest(0, extract(epoch from clock_timestamp() - p_at) * 1000)::bigint
$$;

create or replace function private.claim_of(c public.platform_connections, i public.chat_identities) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('kind', 'claimed', 'destination', i.platform_user_id, 'source', private.digits(c.whatsapp_business_number),
    'appName', c.gupshup_app_name, 'appId', c.gupshup_app_id, 'apiKey', c.gupshup_api_key,
    -- What a read mark names.
    'inboundMessageId', (select platform_message_id from chat_messages
      where chat_identity_id = i.id and direction = 'incoming' order by timestamp desc limit 1))
$$;

-- A reply is settled when all its messages are accepted, or one of them never will be: the rest is not sent then.
create or replace function private.is_reply_settled(p_organization_id uuid, p_reply_id text) returns boolean
language sql stable set search_path = public, pg_temp as $$
  select coalesce(bool_or(state in ('rejected', 'suppressed', 'held')) or count(*) filter (where state = 'accepted') >= max(parts), false)
  from outbound_sends where organization_id = p_organization_id and reply_id = p_reply_id
$$;

-- Why a message must not go out now, or null. A newer reply that went out makes an older one that did not begin superseded.
create or replace function private.suppression_of(
  i public.chat_identities, c public.platform_connections, p_reply_id text, p_sequence bigint, p_closing boolean
) returns text language sql stable set search_path = public, pg_temp as $$
  select case
    when exists (select 1 from outbound_sends where chat_identity_id = i.id and sequence > p_sequence and state = 'accepted')
      and not exists (select 1 from outbound_sends where organization_id = i.organization_id and reply_id = p_reply_id and state = 'accepted')
      then 'superseded'
    when not i.bot_enabled and not p_closing then 'bot_paused'
    -- WhatsApp lets a business write freely for 24 hours after the customer's last message.
    when coalesce(i.last_inbound_at, i.first_seen) < now() - interval '24 hours' then 'window_closed'
    when c.id is null then 'no_connection'
  end
$$;

create or replace function public.claim_send(
  p_organization_id uuid, p_chat text, p_reply_id text, p_index int, p_parts int, p_sequence bigint, p_closing boolean,
  p_after text default null, p_resend boolean default false, p_reopen boolean default false
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities; c platform_connections; s outbound_sends; v_reason text; v_state text; v_claim jsonb;
begin
  if p_index < 0 or p_index >= p_parts or length(p_reply_id) not between 1 and 200 then return private.refuse('invalid_reply'); end if;
  select * into i from chat_identities where organization_id = p_organization_id and chat = p_chat;
  if not found then return private.refuse('identity_not_found'); end if;
  c := private.connection_of(i);
  select * into s from outbound_sends where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index for update;

  if s.state in ('claimed', 'unknown') then
    if not (p_resend and s.attempts < 2 and c.id is not null) then
      return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', 'uncertain',
        'claimedAt', s.first_claimed_at, 'ageMs', private.age_ms(s.claimed_at), 'attempts', s.attempts));
    end if;
    update outbound_sends set state = 'claimed', attempts = attempts + 1, claimed_at = clock_timestamp(), settled_at = null
    where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index;
    return jsonb_build_object('ok', true, 'claim', private.claim_of(c, i));
  end if;
  if s.state in ('accepted', 'suppressed', 'held') or (s.state = 'rejected' and not p_reopen) then
    return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', 'done',
      'state', s.state, 'providerMessageId', s.provider_message_id, 'code', s.code));
  end if;

  if p_after is not null and not private.is_reply_settled(p_organization_id, p_after) then
    return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', 'waiting'));
  end if;
  v_reason := private.suppression_of(i, c, p_reply_id, p_sequence, p_closing);
  -- A missing connection can be mended: whoever asks says what becomes of the message.
  if v_reason = 'no_connection' then
    return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', 'suppressed', 'reason', v_reason));
  end if;
  v_state := case when v_reason is null then 'claimed' else 'suppressed' end;
  insert into outbound_sends as o (organization_id, reply_id, message_index, chat_identity_id, parts, sequence, state, code)
  values (p_organization_id, p_reply_id, p_index, i.id, p_parts, p_sequence, v_state, v_reason)
  on conflict (organization_id, reply_id, message_index) do update
    set state = v_state, code = v_reason, claimed_at = clock_timestamp(), settled_at = null
    where o.state = 'released' or (p_reopen and o.state = 'rejected');
  v_claim := case
    -- Somebody else claimed it in this very moment.
    when not found then jsonb_build_object('kind', 'uncertain', 'claimedAt', now(), 'ageMs', 0, 'attempts', 1)
    when v_reason is not null then jsonb_build_object('kind', 'suppressed', 'reason', v_reason)
    else private.claim_of(c, i) end;
  return jsonb_build_object('ok', true, 'claim', v_claim);
end $$;

-- Accepted is final; anything else may still turn out to be accepted. Giving up settles a message that was never claimed,
-- too. The answer is the state as it stands now.
create or replace function public.settle_send(
  p_organization_id uuid, p_chat text, p_reply_id text, p_index int, p_outcome text, p_provider_message_id text default null, p_code text default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare v_state text;
begin
  if p_outcome not in ('accepted', 'rejected', 'unknown', 'released', 'held') then return private.refuse('invalid_outcome'); end if;
  update outbound_sends set state = p_outcome, settled_at = now(), provider_message_id = coalesce(p_provider_message_id, provider_message_id), code = p_code
  where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index
    and (state in ('claimed', 'unknown', 'released') or (state in ('held', 'rejected') and p_outcome = 'accepted'));
  if not found and p_outcome = 'rejected' then
    insert into outbound_sends (organization_id, reply_id, message_index, chat_identity_id, state, settled_at, code)
    select p_organization_id, p_reply_id, p_index, id, p_outcome, now(), p_code from chat_identities
    where organization_id = p_organization_id and chat = p_chat
    on conflict (organization_id, reply_id, message_index) do nothing;
  end if;
  select state into v_state from outbound_sends
  where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index;
  if v_state is not null then return jsonb_build_object('ok', true, 'state', v_state); end if;
  -- The conversation was erased: there is no row to keep, and nothing to send either.
  if p_outcome = 'rejected' then return jsonb_build_object('ok', true, 'state', p_outcome); end if;
  return private.refuse('send_not_claimed');
end $$;

create or replace function public.find_unmatched_receipt(p_organization_id uuid, p_chat text, p_since timestamptz) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'receipt', (
    select jsonb_build_object('providerMessageId', r.platform_message_id, 'status', r.status, 'at', r.at)
    from message_receipts r
    where r.organization_id = p_organization_id and r.chat = p_chat and r.at >= p_since
      and not exists (select 1 from outbound_sends s where s.organization_id = r.organization_id and s.provider_message_id = any (r.ids))
      and not exists (select 1 from chat_messages m where m.organization_id = r.organization_id and m.platform_message_id = any (r.ids))
    order by r.at, r.platform_message_id limit 1))
$$;

create or replace function public.last_receipt_at(p_organization_id uuid) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'at', (select max(at) from message_receipts where organization_id = p_organization_id))
$$;

-- For operators: sends that nobody knows the end of, oldest first. A claim of the last minute is most likely at work.
create or replace function public.list_unknown_sends(p_limit int) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'sends', coalesce(jsonb_agg(jsonb_build_object('organizationId', organization_id, 'replyId', reply_id,
    'index', message_index, 'state', state, 'claimedAt', claimed_at, 'attempts', attempts) order by claimed_at), '[]'))
  from (select * from outbound_sends
        where state in ('claimed', 'unknown', 'held') and (state <> 'claimed' or claimed_at < now() - interval '1 minute')
        order by claimed_at limit greatest(0, least(p_limit, 1000))) s
$$;

call private.lock_down_functions();
