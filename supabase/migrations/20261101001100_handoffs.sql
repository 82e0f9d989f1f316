-- People taking over: escalations, the agent's switch and consent.

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

call private.lock_down_functions();
