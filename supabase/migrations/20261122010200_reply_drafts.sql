-- What the agent would have said and done in draft mode, for staff to read on the CRM's pages (docs/decisions/0051).

create table if not exists public.reply_drafts (
  organization_id   uuid not null references public.organizations (id) on delete cascade,
  id                text not null,                        -- the event reply.drafted
  chat_identity_id  uuid not null references public.chat_identities (id) on delete cascade,
  messages          jsonb not null,                       -- as reply.requested has them
  actions           jsonb not null default '[]',          -- what a person would have to do: [{"action", "facts"}]
  prompt_version    text not null,
  model             text not null,
  created_at        timestamptz not null default now(),
  closed_at         timestamptz,                          -- when staff were done with it, or a newer one came
  primary key (organization_id, id)
);
call private.add_constraint('public.reply_drafts', 'reply_drafts_sane',
  'check (length(id) between 1 and 200 and length(prompt_version) between 1 and 100 and length(model) between 1 and 200 and length(messages::text) <= 60000 and length(actions::text) <= 20000)');
create index if not exists reply_drafts_open on public.reply_drafts (chat_identity_id, created_at desc) where closed_at is null;
call private.protect('reply_drafts', true, 'none');
do $$
begin
  drop policy if exists members_change on public.reply_drafts;
  grant update (closed_at) on public.reply_drafts to authenticated;
  create policy members_change on public.reply_drafts for update to authenticated
    using (organization_id in (select private.my_organizations())) with check (organization_id in (select private.my_organizations()));
end $$;

-- One open draft per conversation: the newest. The same one again changes nothing but its words.
create or replace function public.save_draft(
  p_organization_id uuid, p_chat_identity_id uuid, p_id text, p_messages jsonb, p_actions jsonb, p_prompt_version text, p_model text
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
begin
  if not exists (select 1 from chat_identities where organization_id = p_organization_id and id = p_chat_identity_id) then
    return private.refuse('identity_not_found');
  end if;
  if not coalesce(length(p_id) between 1 and 200 and length(p_prompt_version) between 1 and 100 and length(p_model) between 1 and 200
      and jsonb_typeof(p_messages) = 'array' and jsonb_typeof(p_actions) = 'array'
      and length(p_messages::text) <= 60000 and length(p_actions::text) <= 20000, false) then
    return private.refuse('invalid_draft');
  end if;
  update reply_drafts set closed_at = now() where chat_identity_id = p_chat_identity_id and closed_at is null and id <> p_id;
  insert into reply_drafts (organization_id, id, chat_identity_id, messages, actions, prompt_version, model)
  values (p_organization_id, p_id, p_chat_identity_id, p_messages, p_actions, p_prompt_version, p_model)
  on conflict (organization_id, id) do update set messages = excluded.messages, actions = excluded.actions, prompt_version = excluded.prompt_version,
    model = excluded.model where reply_drafts.chat_identity_id = excluded.chat_identity_id;
  if not found then return private.refuse('invalid_draft'); end if;
  return jsonb_build_object('ok', true);
end $$;

call private.add_own_functions('{save_draft}');
call private.lock_down_functions();
