-- What to look at after the migrations ran on a database that has the CRM's tables. Changes nothing.
-- Answers rows as before.sql does: "stop" means that the agent must not be switched on yet.

with not_valid as (
  select conrelid::regclass as at, conname from pg_constraint
  where not convalidated and connamespace = 'public'::regnamespace
), findings (severity, finding, examples) as (
  select 'stop', 'A function of the agent that others than the service role may call', p.oid::regprocedure::text
  from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = any (private.own_functions()) and not private.is_adopted(p.proname)
    and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute'))
  union all
  select case when private.is_adopted(c.relname) then 'repair' else 'stop' end, 'A table of the agent without row level security: every user of the CRM may read it', c.oid::regclass::text
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity
    and c.relname in ('erased_chats', 'message_receipts', 'recorder_backlog', 'outbound_sends', 'escalations', 'notice_sends', 'appointment_history', 'appointment_requests', 'outbox',
      'platform_connections', 'internal_notifications_config', 'contact_authorizations', 'knowledge_base')
    and (has_table_privilege('anon', c.oid, 'select') or has_table_privilege('authenticated', c.oid, 'select'))
  union all
  select 'stop', 'Appointments whose times were not filled', id::text from public.appointments where starts_at is null or blocked_until is null
  union all
  select 'repair', 'Old rows break this constraint; it holds for new ones. After repairing them run this', format('alter table %s validate constraint %I', at, conname) from not_valid
  union all
  select 'repair', 'Active appointments that overlapped already and are exempt, by group (private.overlapping_appointments)',
    string_agg(appointment_id || ' on ' || appointment_date || ' at ' || start_time, ', ' order by appointment_date, start_time)
  from private.overlapping_appointments where status in ('programada', 'confirmada') group by overlap_exemption
  union all
  select 'repair', 'An organization without opening hours: nothing can be booked', name from public.organizations o
  where not exists (select 1 from public.organization_availability a where a.organization_id = o.id and a.is_available)
  union all
  select 'repair', 'A service that nobody is assigned to: it has no free time', s.name from public.services s
  where s.is_active and s.is_bookable and not exists (select 1 from public.service_assignments a join public.members m on m.id = a.member_id and m.is_active where a.service_id = s.id)
  union all
  select 'repair', 'A person with services and without hours: never free', m.first_name || ' ' || m.last_name from public.members m
  where m.is_active and exists (select 1 from public.service_assignments a where a.member_id = m.id)
    and not exists (select 1 from public.member_availability a where a.member_id = m.id and a.is_available)
  union all
  select 'repair', 'A service that requires an assessment and names none (assessment_service_id): never bookable', name from public.services
  where is_active and requires_assessment and assessment_service_id is null
  union all
  select 'repair', 'A connection without what sending needs', coalesce(gupshup_app_name, id::text) from public.platform_connections
  where is_active and (gupshup_app_name is null or gupshup_api_key is null or whatsapp_business_number is null)
  union all
  select 'note', 'A connection without a webhook secret: anybody who knows its address can post to it', coalesce(gupshup_app_name, id::text) from public.platform_connections
  where is_active and webhook_secret is null
  union all
  select 'note', 'Organizations on the default time zone, America/Bogota', name from public.organizations where timezone = 'America/Bogota'
)
select severity, finding, count(*) as rows, string_agg(examples, E'\n' order by examples) as examples
from findings where examples is not null group by severity, finding order by array_position(array['stop', 'repair', 'note'], severity), finding;
