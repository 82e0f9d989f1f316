-- What a stage needs to know before it acts, in one round trip each.

create or replace function public.list_connections() returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'connections', coalesce(jsonb_agg(jsonb_build_object(
      'organizationId', organization_id, 'platform', platform, 'appName', gupshup_app_name, 'appId', gupshup_app_id,
      'businessNumber', private.digits(whatsapp_business_number), 'phoneNumberId', phone_number_id, 'webhookSecret', webhook_secret, 'isActive', is_active)
    order by created_at, id), '[]'))
  from platform_connections where gupshup_app_name is not null
$$;

create or replace function public.health() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare v_version text := 'unknown';
begin
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    execute 'select max(version) from supabase_migrations.schema_migrations' into v_version;
  end if;
  return jsonb_build_object('ok', true, 'schemaVersion', coalesce(v_version, 'unknown'));
end $$;

-- Switches the agent and says why to the triggers; the reason holds for this change alone.
create or replace function private.switch_bot(p_chat_identity_id uuid, p_enabled boolean, p_reason text, p_resumes_at timestamptz default null) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare v_changed boolean;
begin
  perform set_config('skytide.bot_reason', p_reason, true), set_config('skytide.bot_resumes_at', coalesce(p_resumes_at::text, ''), true);
  update chat_identities set bot_enabled = p_enabled where id = p_chat_identity_id and bot_enabled <> p_enabled;
  v_changed := found;
  perform set_config('skytide.bot_reason', '', true), set_config('skytide.bot_resumes_at', '', true);
  return v_changed;
end $$;

-- Both stand in an index, which has no room for a book.
create or replace function private.is_customer(p_chat text, p_platform_user_id text) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select coalesce(length(p_chat) between 1 and 200 and length(p_platform_user_id) between 1 and 200, false)
$$;

-- The identity of a conversation, made where there is none and linked to its contact by the vouched number.
create or replace function private.take_identity(
  p_organization_id uuid, p_chat text, p_platform public.chat_platform, p_platform_user_id text,
  p_phone text default null, p_profile_name text default null, p_last_message_at timestamptz default null
) returns public.chat_identities language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities; v_contact uuid;
begin
  select * into i from chat_identities
  where organization_id = p_organization_id and platform = p_platform and platform_user_id = p_platform_user_id;
  if i.id is null or i.chat is distinct from p_chat or p_last_message_at > coalesce(i.last_inbound_at, '-infinity')
     or (i.phone is null and p_phone is not null) or (i.profile_name is null and p_profile_name is not null) then
    insert into chat_identities as c (organization_id, platform, platform_user_id, chat, phone, profile_name, first_seen, last_seen, last_inbound_at)
    values (p_organization_id, p_platform, p_platform_user_id, p_chat, p_phone, p_profile_name,
            coalesce(p_last_message_at, now()), coalesce(p_last_message_at, now()), p_last_message_at)
    on conflict (organization_id, platform, platform_user_id) do update set
      chat = excluded.chat, phone = coalesce(c.phone, excluded.phone), profile_name = coalesce(c.profile_name, excluded.profile_name),
      last_seen = greatest(c.last_seen, excluded.last_inbound_at), last_inbound_at = greatest(c.last_inbound_at, excluded.last_inbound_at)
    returning * into i;
  end if;
  if i.contact_id is null then
    v_contact := private.find_contact(i);
    if v_contact is not null then
      update chat_identities set contact_id = v_contact where id = i.id and contact_id is null returning * into i;
    end if;
  end if;
  if not i.bot_enabled and i.bot_resumes_at <= now() then
    perform private.switch_bot(i.id, true, 'quiet_time');
    select * into i from chat_identities where id = i.id;
  end if;
  return i;
end $$;

create or replace function private.organization_json(o public.organizations) returns jsonb
language sql stable set search_path = pg_catalog as $$
  select jsonb_build_object('id', o.id, 'name', o.name, 'timezone', o.timezone, 'locale', o.locale, 'agentName', o.agent_name, 'tone', o.agent_tone,
    'instructions', o.agent_instructions, 'settings', jsonb_build_object('agentEnabled', o.agent_enabled, 'slotStepMinutes', o.slot_step_minutes,
      'minNoticeMinutes', o.min_notice_minutes, 'bookingHorizonDays', o.booking_horizon_days, 'cancelNoticeMinutes', o.cancel_notice_minutes,
      'quietMinutes', o.quiet_minutes, 'reminderMinutes', o.reminder_minutes))
$$;

create or replace function public.begin_turn(
  p_organization_id uuid, p_chat text, p_platform public.chat_platform, p_platform_user_id text,
  p_phone text default null, p_profile_name text default null, p_last_message_at timestamptz default null
) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities; o organizations;
begin
  select * into o from organizations where id = p_organization_id;
  if not found then return private.refuse('organization_not_found'); end if;
  if not private.is_customer(p_chat, p_platform_user_id) then return private.refuse('invalid_customer'); end if;
  i := private.take_identity(p_organization_id, p_chat, p_platform, p_platform_user_id, p_phone, p_profile_name, p_last_message_at);
  return jsonb_build_object('ok', true, 'chatIdentityId', i.id, 'botEnabled', i.bot_enabled, 'now', now(), 'organization', private.organization_json(o),
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

create or replace function public.find_identity(p_organization_id uuid, p_chat text) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('ok', true, 'identity', (
    select jsonb_build_object('chatIdentityId', i.id, 'platform', i.platform, 'platformUserId', i.platform_user_id, 'phone', private.vouched_phone(i),
      'contactId', i.contact_id, 'botEnabled', i.bot_enabled)
    from chat_identities i where i.organization_id = p_organization_id and i.chat = p_chat))
$$;

create or replace function public.begin_media(p_organization_id uuid, p_chat text, p_platform public.chat_platform, p_platform_user_id text) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare i chat_identities;
begin
  if not exists (select 1 from organizations where id = p_organization_id) then return private.refuse('organization_not_found'); end if;
  if not private.is_customer(p_chat, p_platform_user_id) then return private.refuse('invalid_customer'); end if;
  i := private.take_identity(p_organization_id, p_chat, p_platform, p_platform_user_id);
  return jsonb_build_object('ok', true, 'chatIdentityId', i.id);
end $$;

call private.lock_down_functions();
