-- All organizations at a glance, for whoever is on call: who is blocked, paused, silent, or keeps its customers waiting.

create index if not exists chat_identities_heard on public.chat_identities (organization_id, last_inbound_at desc) where last_inbound_at is not null;
create index if not exists outbound_sends_sent on public.outbound_sends (organization_id, settled_at desc) where state = 'accepted';
create index if not exists outbound_sends_failed on public.outbound_sends (settled_at) where state = 'rejected';

-- Every count speaks of the last 24 hours. A conversation waits when its newest message is the customer's and older than two
-- minutes: nobody has answered, neither agent nor staff.
create or replace function public.list_tenants() returns jsonb
language sql stable set search_path = public, pg_temp as $$
  with turns as (
    select organization_id, sum(turns) as turns, sum(failed) as failed from turn_counts where hour > now() - interval '24 hours' group by 1
  ), refused as (
    select organization_id, count(*) as sends from outbound_sends where state = 'rejected' and settled_at > now() - interval '24 hours' group by 1
  ), handoffs as (
    select organization_id, count(*) as open from escalations where closed_at is null group by 1
  ), circuits as (
    select organization_id, jsonb_agg(distinct code) as codes from send_circuits where opened_at is not null group by 1
  ), paused as (
    select organization_id, jsonb_agg(distinct scope) as scopes from agent_pauses where coalesce(until > now(), true) group by 1
  ), connected as (
    select distinct organization_id from platform_connections where is_active and gupshup_app_name is not null
  )
  select jsonb_build_object('ok', true, 'asOf', now(), 'tenants', coalesce(jsonb_agg(jsonb_build_object(
    'organizationId', o.id, 'name', o.name, 'agentEnabled', o.agent_enabled, 'draftMode', o.draft_mode,
    'blocked', coalesce(circuits.codes, '[]') || case when connected.organization_id is null then '["no-connection"]'::jsonb else '[]' end
      || case when spend.ceiling_reached_at is not null then '["spend-ceiling"]'::jsonb else '[]' end,
    'paused', coalesce(paused.scopes, '[]'),
    'lastMessageAt', heard.at, 'lastReplyAt', sent.at, 'waiting', coalesce(waiting.chats, 0), 'waitingSince', waiting.since,
    'turns', coalesce(turns.turns, 0), 'failedTurns', coalesce(turns.failed, 0), 'failedSends', coalesce(refused.sends, 0),
    'openEscalations', coalesce(handoffs.open, 0)) order by o.name, o.id), '[]'))
  from organizations o
  left join turns on turns.organization_id = o.id
  left join refused on refused.organization_id = o.id
  left join handoffs on handoffs.organization_id = o.id
  left join circuits on circuits.organization_id = o.id
  left join paused on paused.organization_id = o.id
  left join connected on connected.organization_id = o.id
  left join model_spend spend on spend.organization_id = o.id and spend.day = private.today_of(o) and spend.usd >= o.daily_spend_usd
  left join lateral (select last_inbound_at as at from chat_identities where organization_id = o.id and last_inbound_at is not null
                     order by last_inbound_at desc limit 1) heard on true
  left join lateral (select settled_at as at from outbound_sends where organization_id = o.id and state = 'accepted' and settled_at is not null
                     order by settled_at desc limit 1) sent on true
  left join lateral (
    select count(*) as chats, min(i.last_inbound_at) as since
    from chat_identities i
    cross join lateral (select direction from chat_messages where chat_identity_id = i.id order by timestamp desc limit 1) newest
    where heard.at > now() - interval '24 hours' and i.organization_id = o.id
      and i.last_inbound_at between now() - interval '24 hours' and now() - interval '2 minutes' and newest.direction = 'incoming') waiting on true
$$;

call private.add_own_functions('{list_tenants}');
call private.lock_down_functions();
