-- Gives a database that the migrations adopted back to the CRM: drops what they added and nothing else. Rows of the CRM's
-- own tables stay, also those that the agent wrote (appointments, contacts, messages, its inactive profile). What stood
-- in the agent's columns and tables is lost. Stop the fleet first. One transaction: all of it or nothing.

do $$
declare
  v record;
  v_adopted text[];
  -- What the migrations may have added to the CRM's tables, by table; what a table had before (private.adopted) stays.
  -- A test adopts and gives back, and compares: whoever adds something there adds it here.
  v_columns constant text := $list$
    appointments: assessment_waived blocked_from blocked_until ends_at overlap_exemption starts_at version
    chat_identities: bot_paused_at bot_paused_reason bot_resumed_at bot_resumes_at chat gupshup_app_name last_inbound_at phone profile_name profile_name_at
    chat_messages: deleted_at event_id media_path message_status organization_id platform_message_id processed_text reply_id reply_index
    contacts: erased_at phone_digits
    internal_notifications_config: is_alternative
    knowledge_base: organization_id service_id updated_at words
    organizations: agent_enabled agent_instructions agent_name agent_tone booking_horizon_days cancel_notice_minutes locale message_retention_days min_notice_minutes quiet_minutes reminder_minutes slot_step_minutes timezone
    organizations: agent_greeting agent_languages agent_policies buffer_after_minutes buffer_before_minutes chat_model daily_spend_usd debounce_ms draft_mode handoff_give_up_minutes handoff_words
    organizations: max_concurrency max_failed_turns nudge_minutes opt_out_words prompt_version quiet_hours_end quiet_hours_start reminder_template_id renotify_minutes reply_template_id rollout slot_ttl_minutes trace_content
    platform_connections: gupshup_app_id phone_number_id webhook_secret
    profiles: is_system
    service_assignments: organization_id
    services: assessment_service_id buffer_after_minutes buffer_before_minutes is_bookable requires_assessment
  $list$;
  v_constraints constant text := $list$
    appointments: appointments_contact appointments_filled appointments_member appointments_no_overlap appointments_service appointments_status appointments_tenant appointments_times_sane
    chat_identities: chat_identities_contact chat_identities_customer chat_identities_tenant
    chat_messages: chat_messages_identity chat_messages_status
    contact_authorizations: contact_authorizations_contact contact_authorizations_type
    contacts: contacts_sane contacts_tenant
    knowledge_base: knowledge_base_organization knowledge_base_owned knowledge_base_service
    member_availability: member_availability_day member_availability_hours member_availability_member
    member_special_dates: member_special_dates_hours member_special_dates_member
    organization_availability: organization_availability_day organization_availability_hours
    organization_special_dates: organization_special_dates_hours
    organizations: organizations_agent_sane organizations_rollout_sane organizations_settings_sane organizations_words_sane
    profiles: members_tenant
    service_assignments: service_assignments_member service_assignments_service
    services: services_assessment services_sane services_tenant
  $list$;
  v_indexes constant text := $list$
    appointments_assessments appointments_coming appointments_contact appointments_day appointments_member chat_identities_chat chat_identities_contact chat_identities_due chat_identities_heard chat_messages_age
    chat_messages_conversation chat_messages_event chat_messages_known chat_messages_platform chat_messages_reply contact_authorizations_contact
    contacts_phone internal_notifications_config_organization knowledge_base_organization knowledge_base_words member_availability_member
    member_special_dates_member organization_availability_day organization_special_dates_date platform_connections_app platform_connections_organization
    service_assignments_service
  $list$;
  v_own_tables constant text[] := array['agent_pauses', 'paused_chats', 'model_usage', 'usage_writes', 'turn_counts', 'send_circuits', 'erased_chats', 'reply_drafts', 'model_spend', 'reminders', 'outbox', 'appointment_requests', 'appointment_history', 'notice_sends', 'escalations', 'outbound_sends', 'recorder_backlog',
    'message_receipts', 'knowledge_base', 'internal_notifications_config', 'contact_authorizations', 'member_special_dates', 'organization_special_dates',
    'member_availability', 'organization_availability', 'chat_messages', 'chat_identities', 'service_assignments', 'platform_connections'];
  v_versions constant text[] := array['20261101000100', '20261101000200', '20261101000300', '20261101000400', '20261101000500', '20261101000600', '20261101000700',
    '20261101000800', '20261101000900', '20261101001000', '20261101001100', '20261101001200', '20261101001300', '20261101001400',
    -- One line per later migration.
    '20261122040100',
    '20261122010100', '20261122060100',
    '20261122010200', '20261122010300',
    '20261122020100',
    '20261122020200',
    '20261122050100',
    '20261122050200',
    '20261122070100',
    '20261122080100', '20261122080200', '20261122080300',
    '20261122090100'];
begin
  if to_regclass('private.adopted') is not null then v_adopted := array(select name from private.adopted); end if;
  if coalesce(cardinality(v_adopted), 0) = 0 then
    raise exception 'The migrations did not adopt this database: there is nobody that it could be given back to.';
  end if;
  create temporary table skytide_before on commit drop as select name as at, part from private.adopted, unnest(parts) part;

  for v in select oid::regprocedure as signature from pg_proc
           where pronamespace = 'public'::regnamespace and proname = any (private.own_functions()) and proname <> all (v_adopted) loop
    execute format('drop function %s', v.signature);
  end loop;
  drop view if exists public.members;
  for v in select name from unnest(v_own_tables) name where name <> all (v_adopted) and to_regclass('public.' || name) is not null loop
    execute format('drop table public.%I cascade', v.name);
  end loop;
  drop schema private cascade;   -- and with its functions every trigger and policy that uses them

  for v in
    select c.oid, c.conrelid::regclass as at, c.conname from pg_constraint c
    join (select split_part(line, ':', 1) as at, unnest(string_to_array(btrim(split_part(line, ':', 2)), ' ')) as name
          from regexp_split_to_table(btrim(v_constraints, E' \n'), '\s*\n\s*') line) ours on c.conrelid = to_regclass('public.' || ours.at) and c.conname = ours.name
    where not exists (select 1 from skytide_before b where b.at = ours.at and b.part = ours.name)
    order by (c.contype = 'f') desc   -- a foreign key stands on another table's unique key
  loop
    execute format('alter table %s drop constraint %I', v.at, v.conname);
  end loop;
  for v in
    select i.indexrelid::regclass as name from regexp_split_to_table(btrim(v_indexes, E' \n'), '\s+') ours
    join pg_index i on i.indexrelid = to_regclass('public.' || ours)
    where not exists (select 1 from skytide_before b where b.part = ours)
      and not exists (select 1 from pg_constraint where conindid = i.indexrelid)
  loop
    execute format('drop index %s', v.name);
  end loop;
  for v in
    select a.attrelid::regclass as at, a.attname from pg_attribute a
    join (select split_part(line, ':', 1) as at, unnest(string_to_array(btrim(split_part(line, ':', 2)), ' ')) as name
          from regexp_split_to_table(btrim(v_columns, E' \n'), '\s*\n\s*') line) ours on a.attrelid = to_regclass('public.' || ours.at) and a.attname = ours.name
    where not a.attisdropped and not exists (select 1 from skytide_before b where b.at = ours.at and b.part = ours.name)
  loop
    execute format('alter table %s drop column %I', v.at, v.attname);
  end loop;

  if not exists (select 1 from pg_attribute where attrelid = to_regclass('public.knowledge_base') and attname = 'words' and not attisdropped) then
    drop text search configuration if exists public.spanish_unaccent;
  end if;
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    delete from supabase_migrations.schema_migrations where version = any (v_versions);
  end if;
  notify pgrst, 'reload schema';
end $$;
