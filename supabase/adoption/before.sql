-- What to look at before the migrations run on a database that has the CRM's tables. Changes nothing.
-- Answers rows: "stop" has to be repaired first, "repair" does not stop anything but stays until somebody repairs it,
-- "note" is good to know. docs/adoption.md says more about each.

create or replace function pg_temp.findings() returns table (severity text, finding text, "rows" bigint, examples text)
language plpgsql set search_path = public, extensions as $$
declare v_check record;
begin
  for v_check in
    with expected (at, columns) as (values
      ('organizations', 'id uuid, name text'),
      ('profiles', 'id uuid, organization_id uuid, first_name text, last_name text, email text, role app_role, is_active boolean'),
      ('services', 'id uuid, organization_id uuid, name text, description text, duration_minutes integer, price_cop numeric, is_active boolean, created_by uuid'),
      ('service_assignments', 'service_id uuid, member_id uuid'),
      ('organization_availability', 'organization_id uuid, day_of_week integer, is_available boolean, start_time time, end_time time, break_start_time time, break_end_time time'),
      ('member_availability', 'organization_id uuid, member_id uuid, day_of_week integer, is_available boolean, start_time time, end_time time, break_start_time time, break_end_time time'),
      ('organization_special_dates', 'organization_id uuid, date date, is_available boolean, start_time time, end_time time, break_start_time time, break_end_time time'),
      ('member_special_dates', 'organization_id uuid, member_id uuid, date date, is_available boolean, start_time time, end_time time, break_start_time time, break_end_time time'),
      ('contacts', 'id uuid, organization_id uuid, first_name text, last_name text, phone text, country_code text, created_by uuid'),
      ('appointments', 'id uuid, organization_id uuid, contact_id uuid, member_id uuid, service_id uuid, appointment_date date, start_time time, end_time time, status text, notes text, created_by uuid'),
      ('chat_identities', 'id uuid, organization_id uuid, platform chat_platform, platform_user_id text, contact_id uuid, bot_enabled boolean, first_seen timestamptz, last_seen timestamptz'),
      ('chat_messages', 'chat_identity_id uuid, direction message_direction, message text, media_type media_type, received_via chat_platform, sent_by uuid, timestamp timestamptz')
    ), types as (
      select at, split_part(c, ' ', 1) as name, split_part(c, ' ', 2) as type from expected, unnest(string_to_array(columns, ', ')) c
    ), columns as (
      select r.relname, a.attname, case t.typname when 'varchar' then 'text' when 'int4' then 'integer' when 'bool' then 'boolean' else t.typname end as type
      from pg_class r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped join pg_type t on t.oid = a.atttypid
      where r.relnamespace = 'public'::regnamespace and r.relkind in ('r', 'p')
    )
    select 'stop' as severity, 'A column that the agent needs is missing or of another type' as finding, array[]::text[] as needs,
      format('select unnest(%L::text[])', array(
        select t.at || '.' || t.name || ' should be ' || t.type || coalesce(', is ' || c.type, ', is missing') from types t left join columns c on c.relname = t.at and c.attname = t.name
        where to_regclass('public.' || t.at) is not null and c.type is distinct from t.type)) as query
    union all
    select * from (values
    ('stop', 'PostgreSQL 15 or later is needed', array[]::text[],
      $q$select version() where current_setting('server_version_num')::int < 150000$q$),
    ('stop', 'The CRM has no table of that name, and the agent cannot do without it', '{}',
      $q$select t from unnest(array['organizations', 'profiles', 'contacts', 'services', 'appointments']) t where to_regclass('public.' || t) is null$q$),
    ('stop', 'An extension that this server does not offer', '{}',
      $q$select e from unnest(array['btree_gist', 'unaccent']) e where e not in (select name from pg_available_extensions)$q$),
    ('stop', 'An extension stands elsewhere: alter extension … set schema extensions', '{}',
      $q$select extname || ' in ' || extnamespace::regnamespace from pg_extension where extname in ('btree_gist', 'unaccent', 'vector') and extnamespace::regnamespace::text <> 'extensions'$q$),
    ('stop', 'A table of the CRM has a name that the agent needs for another one', '{}',
      $q$select relname from pg_class where relnamespace = 'public'::regnamespace and to_regclass('private.adopted') is null and relname in ('erased_chats', 'message_receipts', 'recorder_backlog',
         'outbound_sends', 'escalations', 'notice_sends', 'appointment_history', 'appointment_requests', 'outbox')$q$),
    ('stop', 'The CRM has a schema "private" of its own: the agent needs that name', '{}',
      $q$select nspname from pg_namespace n where nspname = 'private' and to_regclass('private.adopted') is null
         and (exists (select 1 from pg_class where relnamespace = n.oid) or exists (select 1 from pg_proc where pronamespace = n.oid))$q$),
    ('stop', 'The same customer twice: keep one row, move its messages', '{chat_identities}',
      $q$select platform_user_id from chat_identities group by organization_id, platform, platform_user_id having count(*) > 1$q$),
    ('stop', 'Two active connections of one app: a webhook could belong to either', '{platform_connections}',
      $q$select gupshup_app_name from platform_connections where is_active group by platform, gupshup_app_name having count(*) > 1$q$),
    ('stop', 'Knowledge whose metadata names something that is no id', '{knowledge_base}',
      $q$select id::text from knowledge_base where metadata ->> 'organization_id' !~ '^[0-9a-fA-F-]{36}$' or metadata ->> 'service_id' !~ '^[0-9a-fA-F-]{36}$'$q$),

    ('repair', 'Active appointments of one person that overlap: they stay and may go on overlapping one another, nothing else may', '{appointments}',
      $q$select a.id || ' and ' || b.id || ' on ' || a.appointment_date || ' at ' || b.start_time
         from appointments a join appointments b on b.member_id = a.member_id and b.appointment_date = a.appointment_date and (b.start_time, b.id) > (a.start_time, a.id)
           and b.start_time < a.end_time and b.end_time > b.start_time
         where a.status in ('programada', 'confirmada') and b.status in ('programada', 'confirmada') and a.end_time > a.start_time order by a.appointment_date desc, b.start_time$q$),
    ('repair', 'Appointments that do not end after they start', '{appointments}', $q$select id::text from appointments where end_time <= start_time$q$),
    ('repair', 'Appointments with a status that the agent does not know', '{appointments}',
      $q$select status || ' ' || id from appointments where status not in ('programada', 'confirmada', 'cancelada', 'completada', 'no_asistio')$q$),
    ('repair', 'Appointments with a contact of another organization', '{appointments,contacts}',
      $q$select a.id::text from appointments a join contacts c on c.id = a.contact_id where c.organization_id <> a.organization_id$q$),
    ('repair', 'Appointments with a service of another organization', '{appointments,services}',
      $q$select a.id::text from appointments a join services s on s.id = a.service_id where s.organization_id <> a.organization_id$q$),
    ('repair', 'Appointments with a person of no or another organization', '{appointments,profiles}',
      $q$select a.id::text from appointments a join profiles p on p.id = a.member_id where p.organization_id is distinct from a.organization_id$q$),
    ('repair', 'Conversations with a contact of another organization', '{chat_identities,contacts}',
      $q$select i.id::text from chat_identities i join contacts c on c.id = i.contact_id where c.organization_id <> i.organization_id$q$),
    ('repair', 'Services assigned to a person of no or another organization', '{service_assignments,services,profiles}',
      $q$select a.id::text from service_assignments a join services s on s.id = a.service_id join profiles p on p.id = a.member_id where p.organization_id is distinct from s.organization_id$q$),
    ('repair', 'Services that last less than 5 or more than 720 minutes, or cost less than nothing', '{services}',
      $q$select name from services where duration_minutes not between 5 and 720 or price_cop < 0$q$),
    ('repair', 'Weekdays outside 1 (Monday) to 7 (Sunday): 0 is never a Sunday here', '{organization_availability,member_availability}',
      $q$select id::text from organization_availability where day_of_week not between 1 and 7 union all select id::text from member_availability where day_of_week not between 1 and 7$q$),
    ('repair', 'Open hours that do not end after they start', '{organization_availability,member_availability}',
      $q$select id::text from organization_availability where is_available and end_time <= start_time union all select id::text from member_availability where is_available and end_time <= start_time$q$),
    ('repair', 'Two rows for one weekday or date of one person or organization: both count', '{organization_availability,member_availability,organization_special_dates,member_special_dates}',
      $q$select 'organization ' || organization_id from organization_availability group by organization_id, day_of_week having count(*) > 1
         union all select 'member ' || member_id from member_availability group by member_id, day_of_week having count(*) > 1
         union all select 'organization ' || organization_id from organization_special_dates group by organization_id, date having count(*) > 1
         union all select 'member ' || member_id from member_special_dates group by member_id, date having count(*) > 1$q$),
    ('repair', 'Contacts with one number in one organization: the oldest is taken for the customer', '{contacts}',
      $q$select min(id::text) from contacts where phone <> '' group by organization_id, regexp_replace(country_code || phone, '[^0-9]', '', 'g') having count(*) > 1$q$),

    ('note', 'No vector here: add --skip-unavailable, and there is no search in the knowledge', '{}',
      $q$select 'vector' where not exists (select 1 from pg_available_extensions where name = 'vector')$q$),
    ('note', 'Tables that stay the CRM''s, with their policies; columns are added to them', '{}',
      $q$select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname in ('organizations', 'profiles', 'platform_connections', 'services',
         'service_assignments', 'organization_availability', 'member_availability', 'organization_special_dates', 'member_special_dates', 'contacts', 'contact_authorizations',
         'chat_identities', 'chat_messages', 'appointments', 'internal_notifications_config', 'knowledge_base') order by 1$q$),
    ('note', 'Messages that get their organization written: count a minute for some 300,000', '{chat_messages}', $q$select id::text from chat_messages$q$),
    ('note', 'Triggers on logins: the agent''s own inactive login and profile, one per organization, pass through them', '{}',
      $q$select tgname from pg_trigger where not tgisinternal and tgrelid = to_regclass('auth.users')$q$)
    ) as checks
  loop
    continue when exists (select 1 from unnest(v_check.needs) t where to_regclass('public.' || t) is null);
    begin
      execute format('select count(*), string_agg(example, E''\n'') filter (where n <= 20) from (select example, row_number() over () as n from (%s) x(example)) y', v_check.query) into "rows", examples;
    exception when undefined_column or undefined_table or undefined_function then
      continue;   -- the first check names the column
    end;
    continue when "rows" = 0;
    severity := v_check.severity;
    finding := v_check.finding;
    return next;
  end loop;
end $$;

select * from pg_temp.findings();
