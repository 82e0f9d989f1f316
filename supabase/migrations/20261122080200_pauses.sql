-- Operators' pauses: an agent that says nothing until it is resumed, for an organization, for one of its numbers, or for one
-- conversation. What customers write meanwhile waits on the log and is answered afterwards (docs/decisions/0081).

create table if not exists public.agent_pauses (
  organization_id  uuid not null references public.organizations (id) on delete cascade,
  scope            text not null check (scope in ('org', 'bot', 'conversation')),
  key              text not null default '' check (length(key) <= 200 and (scope = 'org') = (key = '')),   -- the number's app, or the chat
  reason           text not null check (length(reason) between 1 and 200),
  paused_by        text not null check (length(paused_by) between 1 and 100),
  paused_at        timestamptz not null default now(),
  until            timestamptz,                          -- null: until somebody resumes it
  primary key (organization_id, scope, key)
);
call private.protect('agent_pauses', false, 'none');

-- Conversations whose turn came while a pause held it, and which pause that was: they get their turn when it is over.
create table if not exists public.paused_chats (
  organization_id  uuid not null references public.organizations (id) on delete cascade,
  chat             text not null check (length(chat) between 1 and 200),
  scope            text not null,
  key              text not null,
  since            timestamptz not null default now(),
  taken_until      timestamptz,                          -- a brain is arming its timer
  primary key (organization_id, chat)
);
call private.protect('paused_chats', false, 'none');
create index if not exists paused_chats_since on public.paused_chats (since);

-- The pause that holds a conversation, the longest one; no row where none does.
create or replace function private.pause_of(i public.chat_identities) returns public.agent_pauses
language sql stable set search_path = public, pg_temp as $$
  select p.* from agent_pauses p
  where p.organization_id = i.organization_id and coalesce(p.until > now(), true)
    and (p.scope = 'org' or (p.scope = 'conversation' and p.key = i.chat)
      or (p.scope = 'bot' and p.key = (private.connection_of(i)).gupshup_app_name))
  order by p.until desc nulls first limit 1
$$;

-- The answer to whoever wants to send while a pause holds the conversation, or null.
create or replace function private.paused_claim(i public.chat_identities) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('kind', 'blocked', 'code', 'paused', 'setting', 'agent_pauses', 'waits', true, 'since', p.paused_at,
    'retryInMs', least(30000, greatest(0, coalesce(extract(epoch from p.until - now()) * 1000, 30000)))::bigint)
  from (select (private.pause_of(i)).*) p where p.organization_id is not null
$$;

-- ------------------------------------------------------- for the operators

-- What a pause would hold: null where there is nothing of that name.
create or replace function public.find_pause(p_organization_id uuid, p_scope text, p_key text default '') returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'target', (
    select jsonb_build_object('organizationName', o.name,
      'pause', (select jsonb_build_object('reason', p.reason, 'by', p.paused_by, 'since', p.paused_at, 'until', p.until) from agent_pauses p
                where p.organization_id = o.id and p.scope = p_scope and p.key = p_key and coalesce(p.until > now(), true)),
      'waiting', (select count(*) from paused_chats w where w.organization_id = o.id and w.scope = p_scope and w.key = p_key))
    from organizations o
    where o.id = p_organization_id and case p_scope
      when 'org' then p_key = ''
      when 'bot' then exists (select 1 from platform_connections c where c.organization_id = o.id and c.gupshup_app_name = p_key)
      when 'conversation' then exists (select 1 from chat_identities i where i.organization_id = o.id and i.chat = p_key)
      else false end))
$$;

-- Pauses, or changes the pause that is there; its beginning stays.
create or replace function public.pause_agent(
  p_organization_id uuid, p_scope text, p_key text, p_reason text, p_by text, p_until timestamptz default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
begin
  if public.find_pause(p_organization_id, p_scope, p_key) -> 'target' = 'null' then return private.refuse('pause_target_not_found'); end if;
  if not coalesce(length(btrim(p_reason)) between 1 and 200 and length(p_by) between 1 and 100, false) or (p_until <= now() or p_until > now() + interval '10 years')
    then return private.refuse('invalid_pause'); end if;
  delete from agent_pauses where organization_id = p_organization_id and scope = p_scope and key = p_key and until <= now();
  insert into agent_pauses (organization_id, scope, key, reason, paused_by, until) values (p_organization_id, p_scope, p_key, btrim(p_reason), p_by, p_until)
  on conflict (organization_id, scope, key) do update set reason = excluded.reason, paused_by = excluded.paused_by, until = excluded.until;
  return jsonb_build_object('ok', true);
end $$;

create or replace function public.resume_agent(p_organization_id uuid, p_scope text, p_key text default '') returns jsonb
language plpgsql set search_path = public, pg_temp as $$
begin
  delete from agent_pauses where organization_id = p_organization_id and scope = p_scope and key = p_key;
  return jsonb_build_object('ok', true, 'resumed', found);
end $$;

create or replace function public.list_pauses(p_limit int default 500) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'pauses', coalesce(jsonb_agg(jsonb_build_object('organizationId', p.organization_id, 'organizationName', o.name, 'scope', p.scope,
      'key', p.key, 'reason', p.reason, 'by', p.paused_by, 'since', p.paused_at, 'until', p.until,
      'waiting', (select count(*) from paused_chats w where w.organization_id = p.organization_id and w.scope = p.scope and w.key = p.key)) order by p.paused_at), '[]'))
  from (select * from agent_pauses where coalesce(until > now(), true) order by paused_at limit greatest(0, least(p_limit, 5000))) p
  join organizations o on o.id = p.organization_id
$$;

-- ----------------------------------------------------------- for the brain

create or replace function public.is_paused(p_organization_id uuid, p_chat text) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'paused', exists (
    select 1 from chat_identities i where i.organization_id = p_organization_id and i.chat = p_chat and private.paused_claim(i) is not null))
$$;

-- Conversations whose pause is over and that nobody else is arming, under a lease; whom staff have answered meanwhile needs no
-- turn. And how many pauses there are, for the stage's gauge.
create or replace function public.take_resumed_chats(p_limit int default 100) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare v_chats jsonb;
begin
  delete from agent_pauses where until <= now();
  delete from paused_chats w using chat_identities i
  where i.organization_id = w.organization_id and i.chat = w.chat
    and not exists (select 1 from agent_pauses p where p.organization_id = w.organization_id and p.scope = w.scope and p.key = w.key)
    and exists (select 1 from chat_messages m where m.chat_identity_id = i.id and m.direction = 'outgoing' and (m.reply_id is null or m.reply_id like 'echo:%')
      and m.timestamp > greatest(w.since, i.last_inbound_at));
  with due as (
    select w.organization_id, w.chat from paused_chats w
    where coalesce(w.taken_until < now(), true)
      and not exists (select 1 from agent_pauses p where p.organization_id = w.organization_id and p.scope = w.scope and p.key = w.key)
    order by w.since limit greatest(0, least(p_limit, 1000)) for update of w skip locked
  ), taken as (
    update paused_chats w set taken_until = now() + interval '30 seconds' from due
    where w.organization_id = due.organization_id and w.chat = due.chat returning w.organization_id, w.chat, w.since
  )
  select jsonb_agg(jsonb_build_object('organizationId', organization_id, 'chat', chat, 'since', since) order by since) into v_chats from taken;
  return jsonb_build_object('ok', true, 'chats', coalesce(v_chats, '[]'), 'paused', (
    select jsonb_build_object('org', count(*) filter (where scope = 'org'), 'bot', count(*) filter (where scope = 'bot'), 'conversation', count(*) filter (where scope = 'conversation'))
    from agent_pauses));
end $$;

-- Its timer is armed. One that another pause holds since is not forgotten.
create or replace function public.settle_resumed_chat(p_organization_id uuid, p_chat text) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
begin
  delete from paused_chats where organization_id = p_organization_id and chat = p_chat and taken_until is not null;
  return jsonb_build_object('ok', true, 'settled', found);
end $$;

-- As in organization_settings, and whether a pause holds the conversation, which is then remembered.
create or replace function public.begin_turn(
  p_organization_id uuid, p_chat text, p_platform public.chat_platform, p_platform_user_id text,
  p_phone text default null, p_profile_name text default null, p_last_message_at timestamptz default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities; o organizations; p agent_pauses;
begin
  select * into o from organizations where id = p_organization_id;
  if not found then return private.refuse('organization_not_found'); end if;
  if not private.is_customer(p_chat, p_platform_user_id) then return private.refuse('invalid_customer'); end if;
  i := private.take_identity(p_organization_id, p_chat, p_platform, p_platform_user_id, p_phone, p_profile_name, p_last_message_at);
  p := private.pause_of(i);
  if p.organization_id is not null then
    insert into paused_chats as w (organization_id, chat, scope, key) values (o.id, p_chat, p.scope, p.key)
    on conflict (organization_id, chat) do update set scope = excluded.scope, key = excluded.key, taken_until = null;
  end if;
  return jsonb_build_object('ok', true, 'paused', p.organization_id is not null, 'chatIdentityId', i.id, 'botEnabled', i.bot_enabled, 'now', now(), 'organization', private.organization_json(o),
    'spentTodayUsd', coalesce((select usd from model_spend where organization_id = o.id and day = private.today_of(o)), 0),
    'contact', (select jsonb_build_object('id', id, 'firstName', first_name, 'lastName', last_name) from contacts where id = i.contact_id and erased_at is null),
    'services', coalesce((
      select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'description', s.description, 'durationMinutes', s.duration_minutes, 'priceCop', s.price_cop,
        'isBookable', s.is_bookable, 'requiresAssessment', s.requires_assessment, 'assessmentServiceId', a.id,
        'needsAssessment', s.requires_assessment and not private.has_assessment(o.id, i.contact_id, s.assessment_service_id)) order by s.name, s.id)
      from services s left join services a on a.id = s.assessment_service_id and a.is_active and a.is_bookable
      where s.organization_id = o.id and s.is_active), '[]'),
    'members', coalesce((
      select jsonb_agg(jsonb_build_object('id', m.id, 'name', private.member_name(m.first_name, m.last_name)) order by m.first_name, m.id)
      from members m where m.organization_id = o.id and m.is_active
        and exists (select 1 from service_assignments x where x.organization_id = o.id and x.member_id = m.id)), '[]'),
    'appointments', coalesce((
      select jsonb_agg(private.appointment_json(a) order by a.starts_at)
      from (select * from appointments where contact_id = i.contact_id and organization_id = o.id and status in ('programada', 'confirmada') and starts_at > now()
            order by starts_at limit 20) a), '[]'),
    'consent', (select authorization_type from contact_authorizations where contact_id = i.contact_id and channel = 'whatsapp' and is_active order by created_at desc limit 1),
    'openEscalation', (select id from escalations where chat_identity_id = i.id and closed_at is null));
end $$;

-- As in sending_rules, but what a pause holds waits like what an app refuses for a while.
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
      v_claim := coalesce(private.paused_claim(i), private.blocked_by(p_organization_id, c.gupshup_app_name));
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
    v_claim := coalesce(private.paused_claim(i), private.blocked_by(p_organization_id, c.gupshup_app_name));
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

create or replace function public.typing_target(p_organization_id uuid, p_chat text) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'target', (
    select jsonb_build_object('appId', c.gupshup_app_id, 'inboundMessageId', m.platform_message_id)
    from chat_identities i join organizations o on o.id = i.organization_id and o.agent_enabled
    cross join lateral private.connection_of(i) c
    cross join lateral (select direction, platform_message_id from chat_messages where chat_identity_id = i.id order by timestamp desc limit 1) m
    where i.organization_id = p_organization_id and i.chat = p_chat and i.bot_enabled and c.gupshup_app_id is not null
      and m.direction = 'incoming' and m.platform_message_id is not null and private.paused_claim(i) is null))
$$;

-- As in reminders, and whether a pause holds the conversation.
create or replace function private.reminder_json(a public.appointments) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object(
    'organizationId', a.organization_id, 'appointmentId', a.id, 'status', a.status, 'startsAt', a.starts_at,
    'date', a.appointment_date, 'startTime', to_char(a.start_time, 'HH24:MI'),
    'serviceName', (select name from services where id = a.service_id),
    'memberName', (select private.member_name(first_name, last_name) from members where id = a.member_id),
    'organizationName', o.name, 'timezone', o.timezone, 'locale', o.locale, 'agentEnabled', o.agent_enabled,
    'paused', exists (select 1 from agent_pauses p where p.organization_id = o.id and p.scope = 'org' and coalesce(p.until > now(), true))
      or (i.id is not null and private.paused_claim(i) is not null),
    'reminderMinutes', o.reminder_minutes, 'templateId', o.reminder_template_id,
    'quietHours', case when o.quiet_hours_start is not null then
      jsonb_build_object('start', to_char(o.quiet_hours_start, 'HH24:MI'), 'end', to_char(o.quiet_hours_end, 'HH24:MI')) end,
    -- Since when the customer knows of this start.
    'arrangedAt', coalesce((select max(at) from appointment_history h where h.appointment_id = a.id and h.event in ('booked', 'rescheduled')), a.created_at),
    'firstName', c.first_name,
    'consent', (select authorization_type from contact_authorizations x where x.contact_id = c.id and x.channel = 'whatsapp' and x.is_active
                order by x.created_at desc limit 1),
    'customer', case when i.id is not null then jsonb_build_object('platformUserId', i.platform_user_id, 'chat', i.chat)
                     when c.phone_digits <> '' then jsonb_build_object('platformUserId', c.phone_digits, 'chat', null) end,
    'requested', exists (select 1 from reminders r where r.organization_id = a.organization_id and r.appointment_id = a.id and r.starts_at = a.starts_at))
  from organizations o
  left join contacts c on c.organization_id = a.organization_id and c.id = a.contact_id and c.erased_at is null
  left join lateral (
    select ci.* from chat_identities ci where ci.organization_id = a.organization_id and ci.contact_id = c.id and ci.platform = 'whatsapp'
    order by (ci.chat is null), ci.last_seen desc limit 1
  ) i on true
  where o.id = a.organization_id
$$;

call private.add_own_functions('{find_pause,pause_agent,resume_agent,list_pauses,is_paused,take_resumed_chats,settle_resumed_chat}');
call private.lock_down_functions();
