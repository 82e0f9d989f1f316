-- Who may see and change what. The stages use the service role, which passes row level security and always names the
-- organization; composite foreign keys keep its rows apart. These policies are for the CRM's users. A table that the CRM
-- brought keeps the policies it has.

-- The organization of the user who asks; with roles, only if they have one of them. Nobody is above an organization here.
create or replace function private.my_organizations(p_roles public.app_role[] default null) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select m.organization_id from members m
  where m.id = (select auth.uid()) and m.is_active and (p_roles is null or m.role = any (p_roles))
$$;
grant usage on schema private to authenticated, service_role;
revoke all on all tables in schema private from public, anon, authenticated;

create or replace procedure private.protect(p_table text, p_reads boolean, p_writes text)
language plpgsql set search_path = public, pg_temp as $$
declare v_org text := case p_table when 'organizations' then 'id' else 'organization_id' end;
  v_mine text := v_org || ' in (select private.my_organizations())';
  v_admin text := v_org || $r$ in (select private.my_organizations('{superadmin,admin}'))$r$;
begin
  execute format('grant all on public.%I to service_role', p_table);
  if private.is_adopted(p_table) or (select relkind from pg_class where oid = ('public.' || p_table)::regclass) = 'v' then return; end if;
  execute format('alter table public.%I enable row level security', p_table);
  execute format('revoke all on public.%I from anon, authenticated', p_table);
  execute format('drop policy if exists members_read on public.%I', p_table);
  execute format('drop policy if exists members_write on public.%I', p_table);
  execute format('drop policy if exists members_change on public.%I', p_table);
  if p_reads then
    execute format('grant select on public.%I to authenticated', p_table);
    execute format('create policy members_read on public.%I for select to authenticated using (%s)', p_table, v_mine);
  end if;
  case p_writes
    when 'staff' then
      execute format('grant insert, update on public.%I to authenticated', p_table);
      execute format('create policy members_write on public.%I for insert to authenticated with check (%s)', p_table, v_mine);
      execute format('create policy members_change on public.%I for update to authenticated using (%s) with check (%s)', p_table, v_mine, v_mine);
    when 'admin' then
      execute format('grant insert, update, delete on public.%I to authenticated', p_table);
      execute format('create policy members_write on public.%I for all to authenticated using (%s) with check (%s)', p_table, v_admin, v_admin);
    when 'admin updates' then
      execute format('grant update on public.%I to authenticated', p_table);
      execute format('create policy members_change on public.%I for update to authenticated using (%s) with check (%s)', p_table, v_admin, v_admin);
    else null;
  end case;
end $$;

call private.protect('organizations', true, 'admin updates');
call private.protect('platform_connections', true, 'admin');
call private.protect('members', true, 'admin');
call private.protect('services', true, 'admin');
call private.protect('service_assignments', true, 'admin');
call private.protect('organization_availability', true, 'admin');
call private.protect('member_availability', true, 'staff');
call private.protect('organization_special_dates', true, 'admin');
call private.protect('member_special_dates', true, 'staff');
call private.protect('contacts', true, 'staff');
call private.protect('contact_authorizations', true, 'staff');
call private.protect('chat_identities', true, 'none');
call private.protect('chat_messages', true, 'none');
call private.protect('appointments', true, 'staff');
call private.protect('internal_notifications_config', true, 'admin');
call private.protect('appointment_history', true, 'none');
call private.protect('escalations', true, 'none');
call private.protect('appointment_requests', false, 'none');
call private.protect('message_receipts', false, 'none');
call private.protect('recorder_backlog', false, 'none');
call private.protect('outbound_sends', false, 'none');
call private.protect('notice_sends', false, 'none');
call private.protect('outbox', false, 'none');
grant usage, select on all sequences in schema public to service_role;

-- Narrower than a table: what staff may do to a conversation, and secrets that even an admin's page cannot read back.
do $$
begin
  if not private.is_adopted('chat_identities') then
    grant update (bot_enabled, contact_id) on public.chat_identities to authenticated;
    create policy members_change on public.chat_identities for update to authenticated
      using (organization_id in (select private.my_organizations())) with check (organization_id in (select private.my_organizations()));
  end if;
  if not private.is_adopted('chat_messages') then
    grant insert (chat_identity_id, direction, message, media_type, media_url, media_mime_type, received_via, sent_by, timestamp, message_status, platform_message_id)
      on public.chat_messages to authenticated;
    create policy members_write on public.chat_messages for insert to authenticated
      with check (direction = 'outgoing' and sent_by = (select auth.uid()) and organization_id in (select private.my_organizations()));
  end if;
  grant update (status, closed_at) on public.escalations to authenticated;
  create policy members_change on public.escalations for update to authenticated
    using (organization_id in (select private.my_organizations())) with check (organization_id in (select private.my_organizations()));
  if not private.is_adopted('platform_connections') then
    revoke select on public.platform_connections from authenticated;
    grant select (id, organization_id, platform, gupshup_app_name, gupshup_app_id, whatsapp_business_number, phone_number_id, is_active, created_at, updated_at)
      on public.platform_connections to authenticated;
  end if;
end $$;

-- Rows say when they were changed; where the CRM brought the table, its own triggers do.
do $$
declare t text;
begin
  foreach t in array array['organizations', 'platform_connections', 'members', 'services', 'organization_availability', 'member_availability',
    'organization_special_dates', 'member_special_dates', 'contacts'] loop
    if private.is_adopted(t) or (select relkind from pg_class where oid = ('public.' || t)::regclass) = 'v' then continue; end if;
    execute format('create or replace trigger %I before update on public.%I for each row execute function private.touch()', t || '_touch', t);
  end loop;
end $$;

call private.lock_down_functions();
