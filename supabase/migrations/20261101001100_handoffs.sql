-- People taking over: escalations, the agent's switch, consent, and what the notifier and outbound claim before they call.

create or replace function public.raise_escalation(
  p_organization_id uuid, p_chat_identity_id uuid, p_reason text, p_summary text, p_idempotency_key text
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare e escalations;
begin
  perform 1 from chat_identities where organization_id = p_organization_id and id = p_chat_identity_id for no key update;
  if not found then return private.refuse('identity_not_found'); end if;
  select * into e from escalations where organization_id = p_organization_id and chat_identity_id = p_chat_identity_id
    and (idempotency_key = p_idempotency_key or closed_at is null) order by (idempotency_key = p_idempotency_key) desc limit 1;
  if not found then
    insert into escalations (organization_id, chat_identity_id, idempotency_key, reason, summary)
    values (p_organization_id, p_chat_identity_id, p_idempotency_key, p_reason, left(p_summary, 4000)) returning * into e;
  end if;
  return jsonb_build_object('ok', true, 'escalationId', e.id, 'alreadyOpen', e.idempotency_key <> p_idempotency_key);
end $$;

-- Notified is stronger than failed, whichever is said last: somebody was reached.
create or replace function public.settle_escalation(p_organization_id uuid, p_escalation_id uuid, p_outcome text) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare e escalations;
begin
  if p_outcome not in ('notified', 'failed') then return private.refuse('invalid_outcome'); end if;
  select * into e from escalations where organization_id = p_organization_id and id = p_escalation_id for update;
  if not found then return private.refuse('escalation_not_found'); end if;
  if e.status = 'raised' then
    update escalations set status = p_outcome, notified_at = case when p_outcome = 'notified' then now() end,
      closed_at = case when p_outcome = 'failed' then now() end where id = e.id;
  end if;
  return jsonb_build_object('ok', true);
end $$;

create or replace function public.set_bot_enabled(
  p_organization_id uuid, p_chat_identity_id uuid, p_enabled boolean, p_reason text, p_resumes_at timestamptz default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare v_known text[] := case when p_enabled then array['crm', 'quiet_time', 'command'] else array['crm', 'escalation', 'staff_echo'] end;
begin
  if not p_reason = any (v_known) then return private.refuse('invalid_reason'); end if;
  perform 1 from chat_identities where organization_id = p_organization_id and id = p_chat_identity_id for no key update;
  if not found then return private.refuse('identity_not_found'); end if;
  return jsonb_build_object('ok', true, 'changed', private.switch_bot(p_chat_identity_id, p_enabled, p_reason, p_resumes_at));
end $$;

create or replace function public.resume_due_bots(p_limit int default 100) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare v_id uuid; v_count int := 0;
begin
  for v_id in
    select id from chat_identities where not bot_enabled and bot_resumes_at <= now() order by bot_resumes_at limit greatest(p_limit, 0)
    for no key update skip locked
  loop
    if private.switch_bot(v_id, true, 'quiet_time') then v_count := v_count + 1; end if;
  end loop;
  return jsonb_build_object('ok', true, 'resumed', v_count);
end $$;

create or replace function public.record_consent(
  p_organization_id uuid, p_contact_id uuid, p_channel text, p_type text, p_evidence jsonb default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
begin
  if p_type not in ('opt_in', 'opt_out') or length(p_channel) not between 1 and 40 then return private.refuse('invalid_consent'); end if;
  perform 1 from contacts where organization_id = p_organization_id and id = p_contact_id and erased_at is null for no key update;
  if not found then return private.refuse('contact_not_found'); end if;
  if p_type = (select authorization_type from contact_authorizations where contact_id = p_contact_id and channel = p_channel and is_active
               order by created_at desc limit 1) then
    return jsonb_build_object('ok', true, 'changed', false);
  end if;
  insert into contact_authorizations (organization_id, contact_id, authorization_type, channel, evidence, user_agent, created_by)
  values (p_organization_id, p_contact_id, p_type, p_channel, p_evidence, 'skytide', private.system_member(p_organization_id));
  return jsonb_build_object('ok', true, 'changed', true);
end $$;

-- ---------------------------------------------------------------- notices

create or replace function public.begin_notice(p_organization_id uuid, p_escalation_id uuid) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'notice', (
    select jsonb_build_object('reason', e.reason, 'summary', e.summary, 'raisedAt', e.raised_at, 'organizationName', o.name, 'timezone', o.timezone, 'locale', o.locale,
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

create or replace function public.claim_notice(p_organization_id uuid, p_escalation_id uuid, p_phone text) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare v_state text;
begin
  if not exists (select 1 from escalations where organization_id = p_organization_id and id = p_escalation_id) then
    return private.refuse('escalation_not_found');
  end if;
  insert into notice_sends as n (organization_id, escalation_id, phone) values (p_organization_id, p_escalation_id, p_phone)
  on conflict (organization_id, escalation_id, phone) do update set state = 'claimed', claimed_at = now(), settled_at = null
    where n.state in ('released', 'rejected');
  if found then return jsonb_build_object('ok', true, 'kind', 'new'); end if;
  select state into v_state from notice_sends where organization_id = p_organization_id and escalation_id = p_escalation_id and phone = p_phone;
  return jsonb_build_object('ok', true, 'kind', case v_state when 'accepted' then 'accepted' else 'unknown' end);
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

create or replace function private.claim_of(c public.platform_connections, i public.chat_identities) returns jsonb
language sql immutable set search_path = public, pg_temp as $$
  select jsonb_build_object('kind', 'claimed', 'destination', i.platform_user_id, 'source', private.digits(c.whatsapp_business_number),
    'appName', c.gupshup_app_name, 'appId', c.gupshup_app_id, 'apiKey', c.gupshup_api_key)
$$;

create or replace function public.claim_send(
  p_organization_id uuid, p_chat text, p_reply_id text, p_index int, p_closing boolean, p_resend boolean default false
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities; c platform_connections; s outbound_sends; v_claim jsonb;
begin
  if p_index < 0 or length(p_reply_id) not between 1 and 200 then return private.refuse('invalid_reply'); end if;
  select * into i from chat_identities where organization_id = p_organization_id and chat = p_chat;
  if not found then return private.refuse('identity_not_found'); end if;
  c := private.connection_of(i);
  select * into s from outbound_sends where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index for update;

  if s.state in ('accepted', 'rejected', 'held') then
    v_claim := jsonb_build_object('kind', 'done', 'state', s.state, 'providerMessageId', s.provider_message_id);
  elsif s.state in ('claimed', 'unknown') and not (p_resend and s.attempts < 2 and c.id is not null) then
    v_claim := jsonb_build_object('kind', 'uncertain', 'claimedAt', s.claimed_at, 'attempts', s.attempts);
  elsif s.state in ('claimed', 'unknown') then
    update outbound_sends set state = 'claimed', attempts = attempts + 1, claimed_at = clock_timestamp(), settled_at = null
    where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index;
    v_claim := private.claim_of(c, i);
  elsif not i.bot_enabled and not p_closing then
    v_claim := jsonb_build_object('kind', 'suppressed', 'reason', 'bot_paused');
  -- WhatsApp lets a business write freely for 24 hours after the customer's last message.
  elsif coalesce(i.last_inbound_at, i.first_seen) < now() - interval '24 hours' then
    v_claim := jsonb_build_object('kind', 'suppressed', 'reason', 'window_closed');
  elsif c.id is null then
    v_claim := jsonb_build_object('kind', 'suppressed', 'reason', 'no_connection');
  else
    insert into outbound_sends as o (organization_id, reply_id, message_index, chat_identity_id)
    values (p_organization_id, p_reply_id, p_index, i.id)
    on conflict (organization_id, reply_id, message_index) do update set state = 'claimed', claimed_at = clock_timestamp(), settled_at = null
      where o.state = 'released';
    -- Somebody else claimed it in this very moment.
    v_claim := case when found then private.claim_of(c, i)
      else jsonb_build_object('kind', 'uncertain', 'claimedAt', now(), 'attempts', 1) end;
  end if;
  return jsonb_build_object('ok', true, 'claim', v_claim);
end $$;

-- Accepted is final; anything else may still turn out to be accepted.
create or replace function public.settle_send(
  p_organization_id uuid, p_reply_id text, p_index int, p_outcome text, p_provider_message_id text default null, p_code text default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
begin
  if p_outcome not in ('accepted', 'rejected', 'unknown', 'released', 'held') then return private.refuse('invalid_outcome'); end if;
  update outbound_sends set state = p_outcome, settled_at = now(), provider_message_id = coalesce(p_provider_message_id, provider_message_id), code = p_code
  where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index
    and (state in ('claimed', 'unknown') or (state in ('held', 'rejected') and p_outcome = 'accepted'));
  if found or exists (select 1 from outbound_sends where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index) then
    return jsonb_build_object('ok', true);
  end if;
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

call private.lock_down_functions();
