-- What `skytide org add` and `skytide org check` need: the connection of an organization to its Gupshup app, and what is
-- there and what is missing before its agent can answer.

create or replace function public.onboarding_facts(p_organization_id uuid) returns jsonb
language plpgsql stable set search_path = public, pg_temp as $$
declare o organizations;
begin
  select * into o from organizations where id = p_organization_id;
  if not found then return private.refuse('organization_not_found'); end if;
  return jsonb_build_object('ok', true, 'name', o.name, 'agentEnabled', o.agent_enabled,
    'templates', jsonb_strip_nulls(jsonb_build_object('reminder', o.reminder_template_id, 'reply', o.reply_template_id)),
    'connections', (select coalesce(jsonb_agg(jsonb_build_object('appName', gupshup_app_name, 'appId', gupshup_app_id, 'apiKey', gupshup_api_key,
        'businessNumber', private.digits(whatsapp_business_number), 'phoneNumberId', phone_number_id, 'webhookSecret', webhook_secret, 'isActive', is_active)
        order by created_at, id), '[]')
      from platform_connections where organization_id = o.id and platform = 'whatsapp'),
    'recipients', (select count(*) from internal_notifications_config where organization_id = o.id and is_enabled),
    'services', (select count(*) from services where organization_id = o.id and is_active and is_bookable),
    'attendedServices', (select count(distinct s.id) from services s join service_assignments a on a.service_id = s.id
      join members m on m.id = a.member_id and m.is_active where s.organization_id = o.id and s.is_active and s.is_bookable),
    'openDays', (select count(distinct day_of_week) from organization_availability where organization_id = o.id and is_available),
    'lastInboundAt', (select max(last_inbound_at) from chat_identities where organization_id = o.id),
    'lastReceiptAt', (select max(at) from message_receipts where organization_id = o.id));
end $$;

-- Makes or changes the connection of an app; what is not given stays. With a name it makes the organization too.
create or replace function public.connect_organization(p_organization_id uuid, p_connection jsonb, p_create_as text default null) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare v_app text := nullif(trim(p_connection ->> 'appName'), ''); v_made boolean := false; v_id uuid;
begin
  if p_organization_id is null or v_app is null or length(v_app) > 200 or jsonb_typeof(p_connection) <> 'object'
    or exists (select 1 from jsonb_each_text(p_connection) f where length(f.value) > 500) then
    return private.refuse('invalid_connection');
  end if;
  if not exists (select 1 from organizations where id = p_organization_id) then
    if nullif(trim(p_create_as), '') is null then return private.refuse('organization_not_found'); end if;
    insert into organizations (id, name) values (p_organization_id, left(trim(p_create_as), 200)) on conflict do nothing;
    v_made := found;
  end if;
  if exists (select 1 from platform_connections where platform = 'whatsapp' and is_active and gupshup_app_name = v_app and organization_id <> p_organization_id) then
    return private.refuse('app_taken');
  end if;
  select id into v_id from platform_connections
  where organization_id = p_organization_id and platform = 'whatsapp' and gupshup_app_name = v_app order by is_active desc, created_at limit 1 for update;
  if v_id is null then
    insert into platform_connections (organization_id, platform, gupshup_app_name, gupshup_app_id, gupshup_api_key, whatsapp_business_number, phone_number_id, webhook_secret)
    values (p_organization_id, 'whatsapp', v_app, p_connection ->> 'appId', p_connection ->> 'apiKey', p_connection ->> 'businessNumber',
            p_connection ->> 'phoneNumberId', p_connection ->> 'webhookSecret');
    return jsonb_build_object('ok', true, 'madeOrganization', v_made, 'madeConnection', true);
  end if;
  update platform_connections set is_active = true, updated_at = now(),
    gupshup_app_id = coalesce(p_connection ->> 'appId', gupshup_app_id), gupshup_api_key = coalesce(p_connection ->> 'apiKey', gupshup_api_key),
    whatsapp_business_number = coalesce(p_connection ->> 'businessNumber', whatsapp_business_number),
    phone_number_id = coalesce(p_connection ->> 'phoneNumberId', phone_number_id), webhook_secret = coalesce(p_connection ->> 'webhookSecret', webhook_secret)
  where id = v_id;
  return jsonb_build_object('ok', true, 'madeOrganization', v_made, 'madeConnection', false);
end $$;

call private.add_own_functions('{onboarding_facts,connect_organization}');
call private.lock_down_functions();
