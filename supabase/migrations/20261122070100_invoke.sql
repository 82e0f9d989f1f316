-- Who is behind a chat identity that a caller of POST /invoke names: the caller's organization has to be its own.
create or replace function public.find_invoked_identity(p_organization_id uuid, p_chat_identity_id uuid) returns jsonb
language sql stable set search_path = public, pg_temp set jit = off as $$
  select jsonb_build_object('ok', true, 'identity', (
    select jsonb_build_object('chatIdentityId', i.id, 'platform', i.platform, 'platformUserId', i.platform_user_id, 'phone', private.vouched_phone(i),
      'contactId', coalesce(i.contact_id, private.find_contact(i)), 'botEnabled', i.bot_enabled)
    from chat_identities i where i.organization_id = p_organization_id and i.id = p_chat_identity_id))
$$;

call private.add_own_functions('{find_invoked_identity}');
call private.lock_down_functions();
