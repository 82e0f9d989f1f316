-- What is measured on: one organization, 10 people, 12 services, 1,500 appointments in the next 30 days, 2,000 contacts, a
-- customer with 3 appointments and 200 messages.

insert into organizations (id, name, booking_horizon_days, min_notice_minutes) values ('be000000-0000-4000-8000-000000000001', 'Banco de pruebas', 90, 0);
insert into members (id, organization_id, first_name, last_name)
select ('be000000-0000-4000-8000-0000000002' || lpad(n::text, 2, '0'))::uuid, 'be000000-0000-4000-8000-000000000001', 'Persona', n::text from generate_series(1, 10) n;
insert into services (id, organization_id, name, description, duration_minutes, price_cop)
select ('be000000-0000-4000-8000-0000000001' || lpad(n::text, 2, '0'))::uuid, 'be000000-0000-4000-8000-000000000001', 'Servicio ' || n, 'Lo que es el servicio ' || n || '.', 30, 50000 * n
from generate_series(1, 12) n;
insert into service_assignments (service_id, member_id) select s.id, m.id from services s, members m
where s.organization_id = 'be000000-0000-4000-8000-000000000001' and m.organization_id = s.organization_id and not m.is_system;
insert into organization_availability (organization_id, day_of_week, start_time, end_time)
select 'be000000-0000-4000-8000-000000000001', d, '07:00', '19:00' from generate_series(1, 7) d;
insert into member_availability (organization_id, member_id, day_of_week, start_time, end_time, break_start_time, break_end_time)
select m.organization_id, m.id, d, '08:00', '18:00', '12:00', '13:00' from members m, generate_series(1, 7) d
where m.organization_id = 'be000000-0000-4000-8000-000000000001' and not m.is_system;
insert into contacts (organization_id, first_name, last_name, phone)
select 'be000000-0000-4000-8000-000000000001', 'Cliente', n::text, (3100000000 + n)::text from generate_series(1, 2000) n;

-- Five a day for each person, on the half hour.
insert into appointments (organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time, status)
select m.organization_id, (select id from contacts where organization_id = m.organization_id and phone = (3100000010 + (n * 37 + d * 11) % 1900)::text), m.id,
  'be000000-0000-4000-8000-000000000101', current_date + d, start, start + interval '30 minutes', 'programada'
from (select *, row_number() over (order by id) as n from members where organization_id = 'be000000-0000-4000-8000-000000000001' and not is_system) m,
  generate_series(1, 30) d, lateral (select unnest(array['08:30', '10:00', '11:00', '14:30', '16:00']::time[]) as start) s;

-- The customer who writes.
insert into chat_identities (id, organization_id, platform, platform_user_id, chat, contact_id)
select 'be000000-0000-4000-8000-000000000401', organization_id, 'whatsapp', '573100000001', 'v1.bench', id from contacts where phone = '3100000001';
update appointments set contact_id = (select id from contacts where phone = '3100000001')
where id in (select id from appointments where organization_id = 'be000000-0000-4000-8000-000000000001' order by appointment_date, start_time, member_id limit 3);
insert into contact_authorizations (organization_id, contact_id, authorization_type) select organization_id, id, 'opt_in' from contacts where phone = '3100000001';
insert into chat_messages (chat_identity_id, direction, message, platform_message_id, event_id)
select 'be000000-0000-4000-8000-000000000401', 'incoming', 'mensaje ' || n, 'wamid.' || n, 'event-' || n from generate_series(1, 200) n;

-- 1,000 chunks of what the organization wrote, with vectors of 1,536 numbers; only where vectors are.
do $$
begin
  if to_regclass('public.knowledge_base') is null then return; end if;
  perform setseed(0.5);
  insert into knowledge_base (content, metadata, embedding)
  select (select string_agg((array['limpieza', 'facial', 'depilación', 'láser', 'masaje', 'precio', 'horario', 'cita', 'valoración', 'piel', 'crema', 'sesión', 'pago', 'tarjeta', 'parqueadero',
      'médico', 'cuidado', 'después', 'antes', 'semana'])[1 + floor(random() * 20)::int], ' ') from generate_series(1, 80) where n > 0),
    jsonb_build_object('organization_id', 'be000000-0000-4000-8000-000000000001', 'title', 'Nota ' || n, 'source_type', 'bench'),
    (select ('[' || string_agg((random() - 0.5)::real::text, ',') || ']') from generate_series(1, 1536) where n > 0)::extensions.vector
  from generate_series(1, 1000) n;
end $$;
analyze;
