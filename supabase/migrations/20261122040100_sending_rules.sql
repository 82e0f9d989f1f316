-- What may go wrong with a send and what is done about it: circuits of apps that WhatsApp or Gupshup refuse, templates where
-- the window is closed, sends that fail after they were accepted, and sends that an operator has to settle.

alter table public.outbound_sends
  add column if not exists app_name text,                                -- the app that sends it
  add column if not exists is_reminder boolean not null default false,   -- no answer: neither superseded nor superseding
  add column if not exists as_template boolean not null default false,   -- the window was closed: the organization's template went instead
  add column if not exists resends int not null default 0,               -- how often it failed after it was accepted and was sent again
  add column if not exists earlier_ids text[] not null default '{}';     -- the provider's ids of those tries
create index if not exists outbound_sends_earlier on public.outbound_sends using gin (earlier_ids) where earlier_ids <> '{}';

-- An app that the provider refuses: nothing is sent through it until one message, now and then, gets through.
create table if not exists public.send_circuits (
  organization_id  uuid not null references public.organizations (id) on delete cascade,
  app_name         text not null check (length(app_name) <= 200),
  code             text not null check (length(code) <= 100),
  setting          text not null check (length(setting) <= 100),  -- what the organization has to look at
  waits            boolean not null,                  -- messages wait for it; else they fail in plain sight
  late             boolean not null,                  -- said by a receipt: an accepted call proves nothing
  failures         int not null default 1,
  first_failed_at  timestamptz not null default now(),
  failed_at        timestamptz not null default now(),
  opened_at        timestamptz,                       -- null: refused, but not yet for long enough
  pause_ms         int not null,
  retry_at         timestamptz not null,              -- when one message may try
  trial_at         timestamptz,                       -- when one did
  primary key (organization_id, app_name)
);
call private.protect('send_circuits', false, 'none');

-- ---------------------------------------------------------------- circuits

-- Why nothing may be sent through an app now, or null. Of those who ask when its pause is over, one goes through as the trial;
-- a trial after which nothing failed for a pause has closed the circuit.
create or replace function private.blocked_by(p_organization_id uuid, p_app_name text) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare k send_circuits;
begin
  select * into k from send_circuits where organization_id = p_organization_id and app_name = p_app_name and opened_at is not null;
  if not found then return null; end if;
  if k.retry_at <= clock_timestamp() then
    if k.trial_at > k.failed_at then
      delete from send_circuits where organization_id = p_organization_id and app_name = p_app_name and trial_at = k.trial_at and failed_at = k.failed_at;
      return null;
    end if;
    -- The trial's claim bears this transaction's time, too.
    update send_circuits set trial_at = now(), retry_at = clock_timestamp() + make_interval(secs => pause_ms / 1000.0)
    where organization_id = p_organization_id and app_name = p_app_name and retry_at = k.retry_at returning * into k;
    if found then return null; end if;
    select * into k from send_circuits where organization_id = p_organization_id and app_name = p_app_name;
    if not found then return null; end if;
  end if;
  return jsonb_build_object('kind', 'blocked', 'code', k.code, 'setting', k.setting, 'waits', k.waits, 'since', k.opened_at,
    'retryInMs', greatest(0, extract(epoch from k.retry_at - clock_timestamp()) * 1000)::bigint);
end $$;

-- A refusal that concerns the whole app. It opens the circuit when refusals go on for longer than the patience, and a
-- trial that failed doubles the pause, up to a quarter of an hour. What was sent before the trial says nothing about it.
create or replace function public.report_send_refusal(
  p_organization_id uuid, p_app_name text, p_code text, p_setting text, p_waits boolean, p_late boolean,
  p_patience_ms int, p_pause_ms int, p_sent_at timestamptz default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare k send_circuits; v_now timestamptz := clock_timestamp(); v_patience interval := make_interval(secs => p_patience_ms / 1000.0); v_was_open boolean;
begin
  if p_patience_ms not between 0 and 3600000 or p_pause_ms not between 0 and 900000 then return private.refuse('invalid_circuit'); end if;
  select * into k from send_circuits where organization_id = p_organization_id and app_name = p_app_name for update;
  v_was_open := found and k.opened_at is not null;
  if v_was_open and p_sent_at < coalesce(k.trial_at, '-infinity') then
    return jsonb_build_object('ok', true, 'open', true, 'opened', false, 'retryInMs', greatest(0, extract(epoch from k.retry_at - v_now) * 1000)::bigint);
  end if;
  insert into send_circuits as s (organization_id, app_name, code, setting, waits, late, opened_at, pause_ms, retry_at)
  values (p_organization_id, p_app_name, p_code, p_setting, p_waits, p_late, case when p_patience_ms = 0 then v_now end, p_pause_ms,
          v_now + make_interval(secs => p_pause_ms / 1000.0))
  on conflict (organization_id, app_name) do update set
    code = p_code, setting = p_setting, waits = p_waits, late = p_late, failures = s.failures + 1, failed_at = v_now,
    -- Refusals that are far apart are two stories.
    first_failed_at = case when s.opened_at is null and s.failed_at < v_now - greatest(v_patience * 6, interval '1 minute') then v_now else s.first_failed_at end,
    opened_at = coalesce(s.opened_at, case when p_patience_ms = 0
      or (s.failed_at >= v_now - greatest(v_patience * 6, interval '1 minute') and s.first_failed_at <= v_now - v_patience) then v_now end),
    pause_ms = case when s.trial_at > s.failed_at then least(greatest(s.pause_ms, 1) * 2, 900000) else s.pause_ms end,
    retry_at = v_now + make_interval(secs => case when s.trial_at > s.failed_at then least(greatest(s.pause_ms, 1) * 2, 900000) else s.pause_ms end / 1000.0)
  returning * into k;
  return jsonb_build_object('ok', true, 'open', k.opened_at is not null, 'opened', k.opened_at is not null and not v_was_open,
    'retryInMs', greatest(0, extract(epoch from k.retry_at - v_now) * 1000)::bigint);
end $$;

-- For operators and the stage's gauge: who is blocked, why and since when.
create or replace function public.list_send_circuits() returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'circuits', coalesce(jsonb_agg(jsonb_build_object('organizationId', k.organization_id, 'organizationName', o.name,
    'appName', k.app_name, 'code', k.code, 'setting', k.setting, 'waits', k.waits, 'since', k.opened_at, 'failures', k.failures, 'retryAt', k.retry_at)
    order by k.opened_at), '[]'))
  from send_circuits k join organizations o on o.id = k.organization_id where k.opened_at is not null
$$;

create or replace function public.close_send_circuit(p_organization_id uuid, p_app_name text) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
begin
  delete from send_circuits where organization_id = p_organization_id and app_name = p_app_name;
  return jsonb_build_object('ok', true, 'closed', found);
end $$;

-- ------------------------------------------------------------------- claims

-- Why a message must not go out now, or null. As before; a reminder is no answer to anything: neither a pause nor what was
-- said since changes it, and as a template it needs no window.
create or replace function private.why_not(
  i public.chat_identities, c public.platform_connections, p_reply_id text, p_sequence bigint, p_closing boolean, p_reminder boolean
) returns text language sql stable set search_path = public, pg_temp as $$
  select case
    when p_reminder then case when c.id is null then 'no_connection' end
    when exists (select 1 from outbound_sends where chat_identity_id = i.id and sequence > p_sequence and state = 'accepted' and not is_reminder)
      and not exists (select 1 from outbound_sends where organization_id = i.organization_id and reply_id = p_reply_id and state = 'accepted')
      then 'superseded'
    when not i.bot_enabled and not p_closing then 'bot_paused'
    -- WhatsApp lets a business write freely for 24 hours after the customer's last message.
    when coalesce(i.last_inbound_at, i.first_seen) < now() - interval '24 hours' then 'window_closed'
    when c.id is null then 'no_connection'
  end
$$;

-- As claim_send, which the release before this one still calls, and besides: the template where the window is closed, and
-- the circuit of the app.
create or replace function public.begin_send(
  p_organization_id uuid, p_chat text, p_reply_id text, p_index int, p_parts int, p_sequence bigint, p_closing boolean,
  p_after text default null, p_resend boolean default false, p_reopen boolean default false, p_as_template boolean default false,
  p_reminder boolean default false
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities; c platform_connections; s outbound_sends; v_reason text; v_state text; v_claim jsonb; v_template text;
begin
  if p_index < 0 or p_index >= p_parts or length(p_reply_id) not between 1 and 200 then return private.refuse('invalid_reply'); end if;
  select * into i from chat_identities where organization_id = p_organization_id and chat = p_chat;
  if not found then return private.refuse('identity_not_found'); end if;
  c := private.connection_of(i);
  v_template := (select to_jsonb(o) ->> 'reply_template_id' from organizations o where o.id = p_organization_id);
  p_as_template := p_as_template and v_template is not null;
  select * into s from outbound_sends where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index for update;

  if s.state in ('claimed', 'unknown') then
    if p_resend and s.attempts < 2 and c.id is not null then
      v_claim := private.blocked_by(p_organization_id, c.gupshup_app_name);
      if v_claim is null then
        update outbound_sends set state = 'claimed', attempts = attempts + 1, claimed_at = clock_timestamp(), settled_at = null, app_name = c.gupshup_app_name
        where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index;
        v_claim := private.claim_of(c, i) || jsonb_build_object('resends', s.resends, 'templateId', case when s.as_template then v_template end);
      end if;
      return jsonb_build_object('ok', true, 'claim', v_claim);
    end if;
    return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', 'uncertain', 'claimedAt', s.first_claimed_at,
      'ageMs', private.age_ms(s.claimed_at), 'attempts', s.attempts, 'resends', s.resends, 'asTemplate', s.as_template));
  end if;
  if s.state in ('accepted', 'suppressed', 'held') or (s.state = 'rejected' and not p_reopen) then
    return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', 'done', 'state', s.state, 'providerMessageId', s.provider_message_id,
      'code', s.code, 'resends', s.resends, 'asTemplate', s.as_template));
  end if;

  if p_after is not null and not private.is_reply_settled(p_organization_id, p_after) then
    return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', 'waiting'));
  end if;
  v_reason := private.why_not(i, c, p_reply_id, p_sequence, p_closing, p_reminder);
  if v_reason = 'window_closed' then
    -- A template may be sent at any time, by an app that is there.
    if v_template is not null and c.id is null then v_reason := 'no_connection';
    elsif p_as_template then v_reason := null;
    elsif v_template is not null then
      return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', 'suppressed', 'reason', v_reason, 'templateId', v_template));
    end if;
  end if;
  -- A missing connection can be mended: whoever asks says what becomes of the message.
  if v_reason = 'no_connection' then
    return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', 'suppressed', 'reason', v_reason));
  end if;
  if v_reason is null then
    v_claim := private.blocked_by(p_organization_id, c.gupshup_app_name);
    if v_claim is not null then return jsonb_build_object('ok', true, 'claim', v_claim); end if;
  end if;
  v_state := case when v_reason is null then 'claimed' else 'suppressed' end;
  insert into outbound_sends as o (organization_id, reply_id, message_index, chat_identity_id, parts, sequence, state, code, app_name, as_template, is_reminder)
  values (p_organization_id, p_reply_id, p_index, i.id, p_parts, p_sequence, v_state, v_reason, c.gupshup_app_name, p_as_template, p_reminder)
  on conflict (organization_id, reply_id, message_index) do update
    set state = v_state, code = v_reason, claimed_at = clock_timestamp(), settled_at = null, app_name = c.gupshup_app_name, as_template = p_as_template
    where o.state = 'released' or (p_reopen and o.state = 'rejected');
  if not found then
    -- Somebody else claimed it in this very moment.
    v_claim := jsonb_build_object('kind', 'uncertain', 'claimedAt', now(), 'ageMs', 0, 'attempts', 1, 'resends', 0, 'asTemplate', p_as_template);
  elsif v_reason is not null then v_claim := jsonb_build_object('kind', 'suppressed', 'reason', v_reason);
  else
    -- The template stands for the rest of the reply: there are no parts after it.
    if p_as_template then update outbound_sends set parts = p_parts where organization_id = p_organization_id and reply_id = p_reply_id and parts > p_parts; end if;
    v_claim := private.claim_of(c, i) || jsonb_build_object('resends', coalesce(s.resends, 0), 'templateId', case when p_as_template then v_template end);
  end if;
  return jsonb_build_object('ok', true, 'claim', v_claim);
end $$;

-- Accepted is final but for a failure that comes late; anything else may still turn out to be accepted. Giving up settles
-- a message that was never claimed, too. An accepted call closes the circuit that refused calls opened.
create or replace function public.settle_send(
  p_organization_id uuid, p_chat text, p_reply_id text, p_index int, p_outcome text, p_provider_message_id text default null, p_code text default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare v_state text; v_app text;
begin
  if p_outcome not in ('accepted', 'rejected', 'unknown', 'released', 'held') then return private.refuse('invalid_outcome'); end if;
  update outbound_sends set state = p_outcome, settled_at = now(), provider_message_id = coalesce(p_provider_message_id, provider_message_id), code = p_code
  where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index
    and (state in ('claimed', 'unknown', 'released') or (state in ('held', 'rejected') and p_outcome = 'accepted'))
  returning app_name into v_app;
  if p_outcome = 'accepted' and v_app is not null then
    delete from send_circuits where organization_id = p_organization_id and app_name = v_app and not late;
  elsif v_app is null and p_outcome = 'rejected' then
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

-- ------------------------------------------------------------ late failures

-- The send that a receipt speaks of, by any id that the receipt gives; `current` where it speaks of its last try.
create or replace function public.find_send(p_organization_id uuid, p_chat text, p_ids text[]) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'send', (
    select jsonb_build_object('replyId', s.reply_id, 'index', s.message_index, 'sequence', s.sequence, 'state', s.state, 'appName', s.app_name,
      'claimedAt', s.claimed_at, 'resends', s.resends, 'asTemplate', s.as_template, 'current', coalesce(s.provider_message_id = any (p_ids), false),
      -- A failure can be premature: what was delivered all the same is not sent again.
      'delivered', exists (select 1 from message_receipts r where r.organization_id = p_organization_id and r.ids && p_ids and r.status in ('delivered', 'read')),
      'templateId', (select to_jsonb(o) ->> 'reply_template_id' from organizations o where o.id = p_organization_id))
    from outbound_sends s join chat_identities i on i.organization_id = s.organization_id and i.id = s.chat_identity_id
    where s.organization_id = p_organization_id and i.chat = p_chat and (s.provider_message_id = any (p_ids) or s.earlier_ids && p_ids)
    order by (s.provider_message_id = any (p_ids)) desc nulls last limit 1))
$$;

-- Takes back an accepted send whose failure came late, so that it can be claimed again; once per failure.
create or replace function public.reopen_send(p_organization_id uuid, p_reply_id text, p_index int, p_ids text[], p_code text) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
begin
  update outbound_sends set state = 'released', resends = resends + 1, earlier_ids = earlier_ids || provider_message_id,
    provider_message_id = null, code = p_code, attempts = 1, first_claimed_at = clock_timestamp(), settled_at = now()
  where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index and state = 'accepted' and provider_message_id = any (p_ids);
  return jsonb_build_object('ok', true, 'reopened', found);
end $$;

-- As before, and what a send was called before it was sent again is no unknown receipt.
create or replace function public.find_unmatched_receipt(p_organization_id uuid, p_chat text, p_since timestamptz) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'receipt', (
    select jsonb_build_object('providerMessageId', r.platform_message_id, 'status', r.status, 'at', r.at)
    from message_receipts r
    where r.organization_id = p_organization_id and r.chat = p_chat and r.at >= p_since
      and not exists (select 1 from outbound_sends s where s.organization_id = r.organization_id and (s.provider_message_id = any (r.ids) or s.earlier_ids && r.ids))
      and not exists (select 1 from chat_messages m where m.organization_id = r.organization_id and m.platform_message_id = any (r.ids))
    order by r.at, r.platform_message_id limit 1))
$$;

-- A reply that cannot reach the customer: a person has to. Once per time that the customer wrote, so that what the agent
-- says about the escalation cannot raise the next one.
create or replace function public.escalate_unsent(p_organization_id uuid, p_chat text, p_summary text) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities; e escalations; v jsonb;
begin
  select * into i from chat_identities where organization_id = p_organization_id and chat = p_chat;
  if not found then return private.refuse('identity_not_found'); end if;
  v := public.raise_escalation(p_organization_id, i.id, 'error', p_summary, 'unsent ' || extract(epoch from coalesce(i.last_inbound_at, i.first_seen)));
  select * into e from escalations where organization_id = p_organization_id and id = (v ->> 'escalationId')::uuid;
  return jsonb_build_object('ok', true, 'escalation', case when e.status = 'raised' and not (v ->> 'alreadyOpen')::boolean
    then jsonb_build_object('escalationId', e.id, 'raisedAt', e.raised_at) end);
end $$;

-- ---------------------------------------------------------------- operators

create or replace function public.list_unknown_sends(p_limit int) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'sends', coalesce(jsonb_agg(jsonb_build_object('organizationId', s.organization_id, 'chat', s.chat, 'replyId', s.reply_id,
    'index', s.message_index, 'sequence', s.sequence, 'state', s.state, 'claimedAt', s.claimed_at, 'attempts', s.attempts) order by s.claimed_at), '[]'))
  from (select o.*, i.chat from outbound_sends o join chat_identities i on i.organization_id = o.organization_id and i.id = o.chat_identity_id
        where o.state in ('claimed', 'unknown', 'held') and (o.state <> 'claimed' or o.claimed_at < now() - interval '1 minute')
        order by o.claimed_at limit greatest(0, least(p_limit, 1000))) s
$$;

-- An operator knows what we do not. Only a held send is sent again: the others are still being found out about.
create or replace function public.resolve_unknown_send(
  p_organization_id uuid, p_reply_id text, p_index int, p_decision text, p_provider_message_id text default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare s outbound_sends;
begin
  if p_decision not in ('sent', 'resend', 'drop') or length(p_provider_message_id) > 500 then return private.refuse('invalid_decision'); end if;
  select * into s from outbound_sends where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index for update;
  if not found then return private.refuse('send_not_found'); end if;
  if s.state not in ('held', 'unknown', 'claimed') or (p_decision = 'resend' and s.state <> 'held') then
    return private.refuse('send_not_held', jsonb_build_object('state', s.state));
  end if;
  update outbound_sends set settled_at = now(), attempts = 1,
    state = case p_decision when 'sent' then 'accepted' when 'resend' then 'released' else 'rejected' end,
    provider_message_id = case p_decision when 'sent' then coalesce(p_provider_message_id, 'operator.' || p_reply_id || '.' || p_index) end,
    code = case p_decision when 'drop' then 'dropped' end, first_claimed_at = clock_timestamp()
  where organization_id = p_organization_id and reply_id = p_reply_id and message_index = p_index returning * into s;
  return jsonb_build_object('ok', true, 'send', jsonb_build_object('state', s.state, 'sequence', s.sequence, 'providerMessageId', s.provider_message_id));
end $$;

-- ------------------------------------------------------------------- typing

-- Whom to show that an answer is being written: a customer whose last message nobody has answered, where the agent answers.
create or replace function public.typing_target(p_organization_id uuid, p_chat text) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'target', (
    select jsonb_build_object('appId', c.gupshup_app_id, 'inboundMessageId', m.platform_message_id)
    from chat_identities i join organizations o on o.id = i.organization_id and o.agent_enabled
    cross join lateral private.connection_of(i) c
    cross join lateral (select direction, platform_message_id from chat_messages where chat_identity_id = i.id order by timestamp desc limit 1) m
    where i.organization_id = p_organization_id and i.chat = p_chat and i.bot_enabled and c.gupshup_app_id is not null
      and m.direction = 'incoming' and m.platform_message_id is not null))
$$;

-- ----------------------------------------------------------------- recorder

-- An outgoing message: the agent's (reply.sent) or one that staff wrote on the business phone (reply.echoed). Of a message
-- that was sent again after a late failure the newest try counts, whichever is told first.
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
  if v_id is null and d ->> 'replyId' is not null then
    update chat_messages set platform_message_id = v_platform_id, message = d ->> 'text', message_status = coalesce(v_status, 'sent'), timestamp = (d ->> 'at')::timestamptz
    where organization_id = i.organization_id and reply_id = v_reply and reply_index = coalesce((d ->> 'index')::int, 0)
      and platform_message_id <> v_platform_id and timestamp < (d ->> 'at')::timestamptz
      and not exists (select 1 from chat_messages where organization_id = i.organization_id and platform_message_id = v_platform_id)
    returning id into v_id;
  end if;
  return v_id is not null;
end $$;

call private.add_own_functions(array['begin_send', 'report_send_refusal', 'list_send_circuits', 'close_send_circuit', 'find_send', 'reopen_send',
  'escalate_unsent', 'resolve_unknown_send', 'typing_target']);
call private.lock_down_functions();
