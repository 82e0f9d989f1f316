-- After a restore the log and the database may stand at different instants: what the database knows, for `skytide reconcile`.

create or replace function public.compare_with_log(p_since timestamptz, p_appointments uuid[], p_limit int default 200) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true,
    -- Of all replies ever claimed: a log that stands before it would give the number out again.
    'lastSequence', (select coalesce(max(sequence), 0) from outbound_sends),
    'appointments', coalesce((select jsonb_agg(jsonb_build_object('appointmentId', a.id, 'status', a.status, 'startsAt', a.starts_at))
      from appointments a where a.id = any (p_appointments)), '[]'),
    -- Told to the log since then, as far as the database remembers.
    'published', (select count(*) from outbox where published_at >= p_since),
    -- The customer wrote last, and the agent was to answer.
    'unanswered', coalesce((select jsonb_agg(jsonb_build_object('organizationId', u.organization_id, 'chat', u.chat, 'at', u.at) order by u.at) from (
      select i.organization_id, i.chat, m.timestamp as at from chat_identities i
      cross join lateral (select m.timestamp, m.direction from chat_messages m where m.chat_identity_id = i.id order by m.timestamp desc limit 1) m
      where i.bot_enabled and i.chat is not null and m.direction = 'incoming' and m.timestamp >= p_since
      order by m.timestamp limit greatest(0, least(p_limit, 1000))) u), '[]'))
$$;

-- The log lost what it was told since then: the relay tells it again, under the same ids.
create or replace function public.publish_outbox_again(p_since timestamptz) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare v_rows int;
begin
  if p_since is null then return private.refuse('invalid_period'); end if;
  update outbox set published_at = null, claimed_until = null where published_at >= p_since;
  get diagnostics v_rows = row_count;
  return jsonb_build_object('ok', true, 'rows', v_rows);
end $$;

call private.add_own_functions('{compare_with_log,publish_outbox_again}');
call private.lock_down_functions();
