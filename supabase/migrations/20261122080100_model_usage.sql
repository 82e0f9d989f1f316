-- What models were used for: per conversation, day and model, so that an organization can be billed; and how its turns end.

-- One row per conversation, day of the organization's calendar, model and kind of call; sums of calls, whoever made them.
-- It outlives the conversation: an erased customer's chat names nobody any more, the bill stays.
create table if not exists public.model_usage (
  organization_id  uuid not null references public.organizations (id) on delete cascade,
  day              date not null,
  chat             text not null check (length(chat) <= 200),   -- '' for what belongs to no conversation
  model            text not null check (length(model) between 1 and 200),
  operation        text not null check (operation in ('decide', 'phrase', 'embed', 'transcribe', 'describe')),
  calls            bigint not null default 0,
  unpriced_calls   bigint not null default 0,                   -- those whose model had no price: `usd` leaves them out
  input_tokens     bigint not null default 0,
  cached_tokens    bigint not null default 0,                   -- part of input_tokens
  output_tokens    bigint not null default 0,
  usd              numeric(18, 9) not null default 0,
  primary key (organization_id, day, chat, model, operation)
);
call private.protect('model_usage', true, 'none');

-- Which writes were added, so that one whose answer was lost is not added twice. Kept for two days.
create table if not exists public.usage_writes (
  organization_id  uuid not null references public.organizations (id) on delete cascade,
  id               text not null check (id ~ '^[0-9a-f-]{36}$'),
  reached          boolean not null default false,
  at               timestamptz not null default now(),
  primary key (organization_id, id)
);
call private.protect('usage_writes', false, 'none');

-- How many turns ended how, per hour: what operators see of an organization without reading the log.
create table if not exists public.turn_counts (
  organization_id  uuid not null references public.organizations (id) on delete cascade,
  hour             timestamptz not null,
  turns            int not null default 0,
  failed           int not null default 0,                      -- given up: the customer got the fallback, or nothing
  primary key (organization_id, hour)
);
call private.protect('turn_counts', false, 'none');
create index if not exists turn_counts_hour on public.turn_counts (hour);

-- Adds what calls and turns came to, in one transaction with the organization's day (model_spend), and says what that day has
-- cost; `reached` is true once a day: for the first who met the ceiling and tells of it (`p_tells`). A write that was added before answers as it did then.
-- With nothing to add it only asks.
create or replace function public.record_usage(
  p_organization_id uuid, p_write_id text, p_at timestamptz, p_calls jsonb default '[]', p_turns int default 0, p_failed_turns int default 0,
  p_tells boolean default false
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare o organizations; m model_spend; v_at timestamptz; v_day date; v_reached boolean; v_is_new boolean;
begin
  if not coalesce(p_write_id ~ '^[0-9a-f-]{36}$', false) or jsonb_typeof(p_calls) is distinct from 'array' or jsonb_array_length(p_calls) > 5000
    or not coalesce(p_turns between 0 and 1000000 and p_failed_turns between 0 and p_turns, false) then return private.refuse('invalid_usage'); end if;
  if exists (
    select 1 from jsonb_to_recordset(p_calls) r(chat text, model text, operation text, calls bigint, unpriced bigint, input bigint, cached bigint, output bigint, usd numeric)
    where not coalesce(length(chat) <= 200 and length(model) between 1 and 200 and operation in ('decide', 'phrase', 'embed', 'transcribe', 'describe')
      and calls between 0 and 1000000 and unpriced between 0 and calls and input between 0 and 1e12 and cached between 0 and input
      and output between 0 and 1e12 and usd >= 0 and usd < 1e6, false)) then return private.refuse('invalid_usage'); end if;
  select * into o from organizations where id = p_organization_id;
  if not found then return private.refuse('organization_not_found'); end if;

  insert into usage_writes (organization_id, id) values (o.id, p_write_id) on conflict do nothing;
  if not found then
    select * into m from model_spend where organization_id = o.id order by day desc limit 1;
    select reached into v_reached from usage_writes where organization_id = o.id and id = p_write_id;
    return jsonb_build_object('ok', true, 'day', coalesce(m.day, private.today_of(o)), 'spentUsd', coalesce(m.usd, 0), 'ceilingUsd', o.daily_spend_usd, 'reached', v_reached);
  end if;

  -- A clock that is off must not write into another month.
  v_at := least(greatest(coalesce(p_at, now()), now() - interval '2 days'), now());
  v_day := (v_at at time zone o.timezone)::date;
  insert into model_usage as u (organization_id, day, chat, model, operation, calls, unpriced_calls, input_tokens, cached_tokens, output_tokens, usd)
  select o.id, v_day, chat, model, operation, sum(calls), sum(unpriced), sum(input), sum(cached), sum(output), sum(usd)
  from jsonb_to_recordset(p_calls) r(chat text, model text, operation text, calls bigint, unpriced bigint, input bigint, cached bigint, output bigint, usd numeric)
  group by chat, model, operation
  -- Two replicas write in the same order, so that neither waits for the other's row while holding one.
  order by chat, model, operation
  on conflict (organization_id, day, chat, model, operation) do update set calls = u.calls + excluded.calls,
    unpriced_calls = u.unpriced_calls + excluded.unpriced_calls, input_tokens = u.input_tokens + excluded.input_tokens,
    cached_tokens = u.cached_tokens + excluded.cached_tokens, output_tokens = u.output_tokens + excluded.output_tokens, usd = u.usd + excluded.usd;
  if p_turns > 0 then
    insert into turn_counts as t (organization_id, hour, turns, failed) values (o.id, date_trunc('hour', v_at, 'UTC'), p_turns, p_failed_turns)
    on conflict (organization_id, hour) do update set turns = t.turns + excluded.turns, failed = t.failed + excluded.failed;
  end if;
  insert into model_spend as s (organization_id, day, usd, calls, input_tokens, cached_tokens, output_tokens)
  select o.id, v_day, coalesce(sum(usd), 0), coalesce(sum(calls), 0), coalesce(sum(input), 0), coalesce(sum(cached), 0), coalesce(sum(output), 0)
  from jsonb_to_recordset(p_calls) r(calls bigint, input bigint, cached bigint, output bigint, usd numeric)
  on conflict (organization_id, day) do update set usd = s.usd + excluded.usd, calls = s.calls + excluded.calls,
    input_tokens = s.input_tokens + excluded.input_tokens, cached_tokens = s.cached_tokens + excluded.cached_tokens,
    output_tokens = s.output_tokens + excluded.output_tokens, updated_at = now()
  returning s.organization_id, s.day, s.usd, s.calls, s.input_tokens, s.cached_tokens, s.output_tokens, s.ceiling_reached_at, s.updated_at, xmax = 0
  into m.organization_id, m.day, m.usd, m.calls, m.input_tokens, m.cached_tokens, m.output_tokens, m.ceiling_reached_at, m.updated_at, v_is_new;

  -- The first write of an organization's day takes away what nobody asks for any more.
  if v_is_new then
    delete from usage_writes where organization_id = o.id and at < now() - interval '2 days';
    delete from turn_counts where organization_id = o.id and hour < now() - interval '8 days';
  end if;
  v_reached := coalesce(p_tells and m.usd >= o.daily_spend_usd, false) and m.ceiling_reached_at is null;
  if v_reached then
    update model_spend set ceiling_reached_at = now() where organization_id = m.organization_id and day = m.day;
    update usage_writes set reached = true where organization_id = o.id and id = p_write_id;
  end if;
  return jsonb_build_object('ok', true, 'day', m.day, 'spentUsd', m.usd, 'ceilingUsd', o.daily_spend_usd, 'reached', v_reached);
end $$;

create or replace function private.usage_row(
  p_organization_id uuid, p_day date, p_chat text, p_model text, p_calls numeric, p_unpriced numeric, p_input numeric, p_cached numeric, p_output numeric, p_usd numeric
) returns jsonb language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('organizationId', o.id, 'organizationName', o.name, 'timezone', o.timezone, 'day', p_day, 'chat', p_chat, 'model', p_model,
    'calls', p_calls, 'unpricedCalls', p_unpriced, 'inputTokens', p_input, 'cachedTokens', p_cached, 'outputTokens', p_output,
    'usd', case when p_unpriced < p_calls then p_usd end)
  from organizations o where o.id = p_organization_id
$$;

-- What was used between two days, each one included, by conversation, day or organization, and by model; the page after a row
-- of the page before. `usd` is null where no call had a price. Days are those of each organization's calendar.
create or replace function public.list_usage(
  p_from date, p_to date, p_organization_id uuid default null, p_by text default 'day', p_limit int default 1000, p_after jsonb default null
) returns jsonb language plpgsql stable set search_path = public, pg_temp as $$
declare v_limit int := greatest(0, least(p_limit, 5000)); v_rows jsonb;
  v_org uuid := coalesce((p_after ->> 'organizationId')::uuid, '00000000-0000-0000-0000-000000000000');
  v_day date := coalesce((p_after ->> 'day')::date, '-infinity'); v_chat text := coalesce(p_after ->> 'chat', ''); v_model text := coalesce(p_after ->> 'model', '');
begin
  if not coalesce(p_by in ('conversation', 'day', 'org') and p_from <= p_to, false) then return private.refuse('invalid_period'); end if;
  if p_by = 'conversation' then
    -- In the order of the key, so that a page reads no more than itself.
    select jsonb_agg(private.usage_row(r.organization_id, r.day, r.chat, r.model, calls, unpriced, input, cached, output, usd)) into v_rows from (
      select u.organization_id, u.day, u.chat, u.model, sum(u.calls) as calls, sum(u.unpriced_calls) as unpriced, sum(u.input_tokens) as input,
        sum(u.cached_tokens) as cached, sum(u.output_tokens) as output, sum(u.usd) as usd
      from model_usage u
      where u.day between p_from and p_to and (p_organization_id is null or u.organization_id = p_organization_id)
        and (u.organization_id, u.day, u.chat, u.model) > (v_org, v_day, v_chat, v_model)
      group by u.organization_id, u.day, u.chat, u.model order by u.organization_id, u.day, u.chat, u.model limit v_limit) r;
  else
    select jsonb_agg(private.usage_row(r.organization_id, case when p_by = 'day' then r.day end, null, r.model, calls, unpriced, input, cached, output, usd)) into v_rows from (
      select u.organization_id, g.day, u.model, sum(u.calls) as calls, sum(u.unpriced_calls) as unpriced, sum(u.input_tokens) as input,
        sum(u.cached_tokens) as cached, sum(u.output_tokens) as output, sum(u.usd) as usd
      from model_usage u cross join lateral (select case when p_by = 'day' then u.day else date '-infinity' end as day) g
      where u.day between p_from and p_to and (p_organization_id is null or u.organization_id = p_organization_id)
        and u.organization_id >= v_org and (u.organization_id, g.day, u.model) > (v_org, v_day, v_model)
      group by u.organization_id, g.day, u.model order by u.organization_id, g.day, u.model limit v_limit) r;
  end if;
  return jsonb_build_object('ok', true, 'rows', coalesce(v_rows, '[]'));
end $$;

call private.add_own_functions('{record_usage,list_usage}');
call private.lock_down_functions();
