-- Drafts are words of a conversation too: they go with its messages. Else as in privacy.
create or replace function public.purge_expired(p_batch int default 1000) returns jsonb
language sql set search_path = public, pg_temp as $$
  with messages as (
    delete from chat_messages where id in (
      select m.id from chat_messages m join organizations o on o.id = m.organization_id
      where m.timestamp < now() - make_interval(days => o.message_retention_days) limit p_batch)
    returning media_path
  ), drafts as (
    delete from reply_drafts where (organization_id, id) in (
      select d.organization_id, d.id from reply_drafts d join organizations o on o.id = d.organization_id
      where d.created_at < now() - make_interval(days => o.message_retention_days) limit p_batch)
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
