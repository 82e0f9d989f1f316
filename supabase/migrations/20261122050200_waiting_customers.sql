-- A hand-off that nobody answers: staff are told again, others too, and at last the customer is told honestly. And the agent's way
-- back when everybody is quiet.

alter table public.internal_notifications_config
  -- Told when none of the others can be reached, and from the second time on.
  add column if not exists is_alternative boolean not null default false;
alter table public.escalations
  add column if not exists rounds int not null default 1,        -- how often staff were told, the first time included
  add column if not exists last_told_at timestamptz,
  add column if not exists unanswered_at timestamptz;            -- when the customer was told that nobody had answered
alter table public.notice_sends
  add column if not exists round int not null default 1,         -- which telling the row speaks of: the last one
  add column if not exists reached boolean not null default false;   -- an earlier one stood
create index if not exists notice_sends_provider on public.notice_sends (provider_message_id) where provider_message_id is not null;
create index if not exists notice_sends_refused on public.notice_sends (settled_at) where state = 'rejected';

-- True while the provider refuses the notices' template: paused, disabled or gone. It serves all organizations.
create or replace function private.is_notice_template_refused() returns boolean
language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from notice_sends where state = 'rejected' and settled_at > now() - interval '1 hour'
    and code in ('132001', '132007', '132015', '132016', 'gupshup-refused'))
$$;

create or replace function public.begin_notice(p_organization_id uuid, p_escalation_id uuid) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'notice', (
    select jsonb_build_object('chat', i.chat, 'state', e.status, 'reason', e.reason, 'summary', e.summary, 'raisedAt', e.raised_at,
      'organizationName', o.name, 'timezone', o.timezone, 'locale', o.locale, 'rounds', e.rounds,
      'templateRefused', private.is_notice_template_refused(),
      'customerName', coalesce(nullif(private.member_name(c.first_name, c.last_name), ''), i.profile_name, ''),
      'customerPhone', private.vouched_phone(i),
      'recipients', coalesce((
        select jsonb_agg(jsonb_build_object('phone', phone, 'alternative', alternative) order by alternative, phone)
        from (select private.digits(country_code || recipient_phone) as phone, bool_and(is_alternative) as alternative from internal_notifications_config
              where organization_id = e.organization_id and is_enabled group by 1) r where phone ~ '^[0-9]{6,20}$'), '[]'))
    from escalations e join organizations o on o.id = e.organization_id join chat_identities i on i.id = e.chat_identity_id
    left join contacts c on c.id = i.contact_id and c.erased_at is null
    where e.organization_id = p_organization_id and e.id = p_escalation_id and e.closed_at is null))
$$;

drop function if exists public.claim_notice(uuid, uuid, text, boolean);
create or replace function public.claim_notice(
  p_organization_id uuid, p_escalation_id uuid, p_phone text, p_resend boolean default false, p_round int default 1
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare n notice_sends;
begin
  if not exists (select 1 from escalations where organization_id = p_organization_id and id = p_escalation_id) then
    return private.refuse('escalation_not_found');
  end if;
  insert into notice_sends as s (organization_id, escalation_id, phone, round) values (p_organization_id, p_escalation_id, p_phone, p_round)
  on conflict (organization_id, escalation_id, phone) do update
    set state = 'claimed', claimed_at = clock_timestamp(), settled_at = null, round = p_round,
      -- Told again is another message: what is heard of the one before does not concern it.
      reached = s.reached or (s.round < p_round and s.state = 'accepted'),
      provider_message_id = case when s.round < p_round then null else s.provider_message_id end, code = null,
      attempts = case when s.round < p_round then 1 when s.state = 'released' then s.attempts else s.attempts + 1 end
    where s.round < p_round or s.state = 'released' or (p_resend and s.state in ('claimed', 'unknown') and s.attempts < 2);
  if found then return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', 'new')); end if;
  select * into n from notice_sends where organization_id = p_organization_id and escalation_id = p_escalation_id and phone = p_phone;
  if n.state in ('accepted', 'rejected') then
    return jsonb_build_object('ok', true, 'claim', jsonb_build_object('kind', n.state));
  end if;
  return jsonb_build_object('ok', true, 'claim',
    jsonb_build_object('kind', 'unknown', 'ageMs', private.age_ms(n.claimed_at), 'attempts', n.attempts));
end $$;

-- Staff were told once more.
create or replace function public.settle_notice_round(p_organization_id uuid, p_escalation_id uuid, p_round int) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
begin
  update escalations set rounds = p_round, last_told_at = now()
  where organization_id = p_organization_id and id = p_escalation_id and rounds < p_round and p_round <= 1000;
  if found or exists (select 1 from escalations where organization_id = p_organization_id and id = p_escalation_id) then
    return jsonb_build_object('ok', true);
  end if;
  return private.refuse('escalation_not_found');
end $$;

-- The provider took a notice and failed it afterwards. Answers whose it was, and how many people its escalation may have reached all the same.
create or replace function public.fail_notice(p_provider_message_id text, p_code text) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare n notice_sends; i chat_identities; e escalations;
begin
  update notice_sends set state = 'rejected', settled_at = now(), code = left(p_code, 100)
  where provider_message_id = p_provider_message_id and state = 'accepted' returning * into n;
  if not found then
    -- Said before, by a delivery of the same receipt that did not end.
    select * into n from notice_sends where provider_message_id = p_provider_message_id and state = 'rejected';
    if not found then return jsonb_build_object('ok', true, 'notice', null); end if;
  end if;
  select * into e from escalations where id = n.escalation_id;
  select * into i from chat_identities where id = e.chat_identity_id;
  return jsonb_build_object('ok', true, 'notice', jsonb_build_object('organizationId', n.organization_id, 'escalationId', n.escalation_id, 'chat', i.chat,
    'open', e.closed_at is null, 'round', n.round,
    'standing', (select count(*) from notice_sends where organization_id = n.organization_id and escalation_id = n.escalation_id
                 and (reached or state in ('accepted', 'claimed', 'unknown')))));
end $$;

-- Where a conversation's hand-off stands. An agent that everybody left alone long enough is switched on here.
create or replace function public.look_at_handoff(p_organization_id uuid, p_chat text) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities; o organizations; e escalations; v_resumed boolean := false; v_answered boolean;
begin
  select * into i from chat_identities where organization_id = p_organization_id and chat = p_chat for no key update;
  if not found then return jsonb_build_object('ok', true, 'handoff', null); end if;
  if not i.bot_enabled and i.bot_resumes_at <= now() then
    v_resumed := private.switch_bot(i.id, true, 'quiet_time');
    select * into i from chat_identities where id = i.id;
  end if;
  select * into o from organizations where id = p_organization_id;
  select * into e from escalations where chat_identity_id = i.id and closed_at is null;
  v_answered := e.id is not null and exists (select 1 from chat_messages where chat_identity_id = i.id and direction = 'outgoing'
    and coalesce(reply_id, 'echo:') like 'echo:%' and timestamp >= e.raised_at);
  return jsonb_build_object('ok', true, 'handoff', jsonb_build_object('botEnabled', i.bot_enabled, 'resumed', v_resumed, 'resumesAt', i.bot_resumes_at,
    'escalation', case when e.status = 'notified' then jsonb_build_object('id', e.id, 'rounds', e.rounds, 'answered', v_answered,
      'tellAgainAt', case when not v_answered and e.unanswered_at is null
        then coalesce(e.last_told_at, e.notified_at) + make_interval(mins => o.renotify_minutes) end,
      'giveUpAt', case when not v_answered and e.unanswered_at is null
        then e.notified_at + make_interval(mins => o.handoff_give_up_minutes) end) end));
end $$;

-- The customer was told that nobody has answered. `p_undelivered`: nobody even knows; then it is over, and the agent goes on.
create or replace function public.settle_unanswered(p_organization_id uuid, p_escalation_id uuid, p_undelivered boolean default false) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare e escalations;
begin
  update escalations set unanswered_at = coalesce(unanswered_at, now()),
    status = case when p_undelivered and closed_at is null then 'failed' else status end,
    closed_at = case when p_undelivered and closed_at is null then now() else closed_at end
  where organization_id = p_organization_id and id = p_escalation_id returning * into e;
  if not found then return private.refuse('escalation_not_found'); end if;
  if p_undelivered and e.status = 'failed' then perform private.switch_bot(e.chat_identity_id, true, 'nobody_reached'); end if;
  return jsonb_build_object('ok', true);
end $$;

-- Conversations whose hand-off somebody has to look at some time: what the timers should hold.
create or replace function public.list_handoffs(p_limit int default 500, p_after_id uuid default null) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'handoffs', coalesce(jsonb_agg(jsonb_build_object('id', id, 'organizationId', organization_id, 'chat', chat) order by id), '[]'))
  from (
    select i.id, i.organization_id, i.chat from chat_identities i
    where i.chat is not null and (p_after_id is null or i.id > p_after_id)
      and ((not i.bot_enabled and i.bot_resumes_at is not null)
        or exists (select 1 from escalations e where e.chat_identity_id = i.id and e.closed_at is null and e.status = 'notified' and e.unanswered_at is null))
    order by i.id limit greatest(0, least(p_limit, 1000))
  ) h
$$;

create or replace function public.set_bot_enabled(
  p_organization_id uuid, p_chat_identity_id uuid, p_enabled boolean, p_reason text, p_resumes_at timestamptz default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare v_known text[] := case when p_enabled then array['crm', 'quiet_time', 'command', 'nobody_reached'] else array['crm', 'escalation', 'staff_echo', 'command'] end;
begin
  if not p_reason = any (v_known) then return private.refuse('invalid_reason'); end if;
  perform 1 from chat_identities where organization_id = p_organization_id and id = p_chat_identity_id for no key update;
  if not found then return private.refuse('identity_not_found'); end if;
  return jsonb_build_object('ok', true, 'changed', private.switch_bot(p_chat_identity_id, p_enabled, p_reason, p_resumes_at));
end $$;

call private.add_own_functions('{settle_notice_round,fail_notice,look_at_handoff,settle_unanswered,list_handoffs}');
call private.lock_down_functions();
