-- Two demo organizations with fixed ids, so that the agent can be tried and the wall between tenants with it.
-- Can be run again: it adds what is missing and touches nothing else. Dates follow from today.

insert into public.organizations (id, name, agent_name, agent_tone, agent_instructions, quiet_minutes, message_retention_days, reminder_template_id) values
  ('a0000000-0000-4000-8000-000000000001', 'Aurora Estética', 'Aura', 'cercano, cálido y breve', 'Saluda por el nombre cuando lo sepas.', 720, 365, '2e314de2-0000-4000-8000-000000000001'),
  ('b0000000-0000-4000-8000-000000000002', 'Brisa Dental', 'Brisa', 'amable y claro', null, null, null, '2e314de2-0000-4000-8000-000000000002')
on conflict (id) do nothing;

insert into public.platform_connections (id, organization_id, platform, gupshup_app_name, gupshup_app_id, gupshup_api_key, whatsapp_business_number, phone_number_id, webhook_secret) values
  ('a0000000-0000-4000-8000-000000000a01', 'a0000000-0000-4000-8000-000000000001', 'whatsapp', 'AuroraDemo', 'a0000000-0000-4000-8000-00000000a991', 'demo-key-aurora', '573000000001', '100000000000001', 'demo-secret-aurora'),
  ('b0000000-0000-4000-8000-000000000a02', 'b0000000-0000-4000-8000-000000000002', 'whatsapp', 'BrisaDemo', 'b0000000-0000-4000-8000-00000000a992', 'demo-key-brisa', '573000000002', '100000000000002', 'demo-secret-brisa')
on conflict (id) do nothing;

insert into public.internal_notifications_config (id, organization_id, is_enabled, recipient_phone, country_code) values
  ('a0000000-0000-4000-8000-000000000b01', 'a0000000-0000-4000-8000-000000000001', true, '3009990001', '+57'),
  ('b0000000-0000-4000-8000-000000000b01', 'b0000000-0000-4000-8000-000000000002', true, '3009990002', '+57')
on conflict (id) do nothing;

insert into public.members (id, organization_id, first_name, last_name, email, role) values
  ('a0000000-0000-4000-8000-000000000201', 'a0000000-0000-4000-8000-000000000001', 'Valentina', 'Rojas', 'valentina@aurora.example', 'admin'),
  ('a0000000-0000-4000-8000-000000000202', 'a0000000-0000-4000-8000-000000000001', 'Camila', 'Torres', 'camila@aurora.example', 'member'),
  ('a0000000-0000-4000-8000-000000000203', 'a0000000-0000-4000-8000-000000000001', 'Andrés', 'Gómez', 'andres@aurora.example', 'member'),
  ('b0000000-0000-4000-8000-000000000201', 'b0000000-0000-4000-8000-000000000002', 'Lucía', 'Mejía', 'lucia@brisa.example', 'admin'),
  ('b0000000-0000-4000-8000-000000000202', 'b0000000-0000-4000-8000-000000000002', 'Tomás', 'Herrera', 'tomas@brisa.example', 'member')
on conflict (id) do nothing;

insert into public.services (id, organization_id, name, description, duration_minutes, price_cop, is_bookable, requires_assessment, assessment_service_id, buffer_after_minutes) values
  ('a0000000-0000-4000-8000-000000000105', 'a0000000-0000-4000-8000-000000000001', 'Valoración médica estética', 'Cita con el médico para definir tu tratamiento.', 20, 50000, true, false, null, 0),
  ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000001', 'Limpieza facial profunda', 'Extracción, exfoliación e hidratación del rostro.', 60, 120000, true, false, null, 0),
  ('a0000000-0000-4000-8000-000000000102', 'a0000000-0000-4000-8000-000000000001', 'Depilación láser', 'Láser de diodo, una zona por sesión.', 30, 90000, true, false, null, 0),
  ('a0000000-0000-4000-8000-000000000103', 'a0000000-0000-4000-8000-000000000001', 'Masaje relajante', 'Masaje de cuerpo completo con aceites.', 90, 160000, true, false, null, 15),
  ('a0000000-0000-4000-8000-000000000104', 'a0000000-0000-4000-8000-000000000001', 'Toxina botulínica', 'Aplicación en tercio superior del rostro.', 40, 850000, true, true, 'a0000000-0000-4000-8000-000000000105', 0),
  ('a0000000-0000-4000-8000-000000000106', 'a0000000-0000-4000-8000-000000000001', 'Lipoescultura', 'Procedimiento quirúrgico; se agenda con un asesor.', 180, 6500000, false, false, null, 0),
  ('b0000000-0000-4000-8000-000000000101', 'b0000000-0000-4000-8000-000000000002', 'Limpieza dental', 'Profilaxis con ultrasonido.', 45, 110000, true, false, null, 0),
  ('b0000000-0000-4000-8000-000000000102', 'b0000000-0000-4000-8000-000000000002', 'Valoración odontológica', 'Revisión general con radiografía.', 30, 40000, true, false, null, 0)
on conflict (id) do nothing;

insert into public.service_assignments (service_id, member_id)
select s::uuid, m::uuid from (values
  ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000201'),
  ('a0000000-0000-4000-8000-000000000102', 'a0000000-0000-4000-8000-000000000201'),
  ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000202'),
  ('a0000000-0000-4000-8000-000000000102', 'a0000000-0000-4000-8000-000000000202'),
  ('a0000000-0000-4000-8000-000000000103', 'a0000000-0000-4000-8000-000000000202'),
  ('a0000000-0000-4000-8000-000000000104', 'a0000000-0000-4000-8000-000000000203'),
  ('a0000000-0000-4000-8000-000000000105', 'a0000000-0000-4000-8000-000000000203'),
  ('a0000000-0000-4000-8000-000000000106', 'a0000000-0000-4000-8000-000000000203'),
  ('b0000000-0000-4000-8000-000000000101', 'b0000000-0000-4000-8000-000000000201'),
  ('b0000000-0000-4000-8000-000000000101', 'b0000000-0000-4000-8000-000000000202'),
  ('b0000000-0000-4000-8000-000000000102', 'b0000000-0000-4000-8000-000000000201')
) as a (s, m)
on conflict (service_id, member_id) do nothing;

-- Aurora opens Monday to Friday 8–19 and Saturday 8–14; Brisa Monday to Friday 7–18.
insert into public.organization_availability (organization_id, day_of_week, is_available, start_time, end_time)
select 'a0000000-0000-4000-8000-000000000001'::uuid, d, d < 7, '08:00'::time, (case when d = 6 then '14:00' else '19:00' end)::time from generate_series(1, 7) d
union all
select 'b0000000-0000-4000-8000-000000000002'::uuid, d, d < 6, '07:00'::time, '18:00'::time from generate_series(1, 7) d
on conflict (organization_id, day_of_week) do nothing;

insert into public.member_availability (organization_id, member_id, day_of_week, is_available, start_time, end_time, break_start_time, break_end_time)
select organization_id::uuid, member_id::uuid, d, d between first_day and last_day and (step = 1 or d % step = 1), start_time::time, end_time::time, break_from::time, break_to::time
from generate_series(1, 7) d cross join (values
  ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000201', 1, 6, 1, '08:00', '17:00', '12:00', '13:00'),
  ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000202', 2, 6, 1, '10:00', '19:00', '14:00', '15:00'),
  ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000203', 1, 5, 2, '09:00', '16:00', '12:30', '13:30'),
  ('b0000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000201', 1, 5, 1, '07:00', '15:00', '12:00', '13:00'),
  ('b0000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000202', 1, 5, 1, '10:00', '18:00', null, null)
) as m (organization_id, member_id, first_day, last_day, step, start_time, end_time, break_from, break_to)
on conflict (member_id, day_of_week) do nothing;

insert into public.organization_special_dates (organization_id, date, is_available, reason)
select o::uuid, make_date(extract(year from now())::int + y, m, d), false, reason
from (values ('a0000000-0000-4000-8000-000000000001'), ('b0000000-0000-4000-8000-000000000002')) organizations (o),
     generate_series(0, 1) y, (values (1, 1, 'Año Nuevo'), (5, 1, 'Día del Trabajo'), (12, 8, 'Inmaculada Concepción'), (12, 25, 'Navidad')) holidays (m, d, reason)
on conflict (organization_id, date) do nothing;

-- Carlos is known at Aurora and allowed reminders; Laura is not known anywhere.
insert into public.contacts (id, organization_id, first_name, last_name, phone, country_code, email, city) values
  ('a0000000-0000-4000-8000-000000000301', 'a0000000-0000-4000-8000-000000000001', 'Carlos', 'Ramírez', '3001110002', '+57', 'carlos@example.com', 'Bogotá'),
  ('a0000000-0000-4000-8000-000000000302', 'a0000000-0000-4000-8000-000000000001', 'Sofía', 'Nieto', '3002220001', '+57', null, 'Bogotá'),
  ('a0000000-0000-4000-8000-000000000303', 'a0000000-0000-4000-8000-000000000001', 'Pedro', 'Salazar', '3002220002', '+57', null, 'Chía'),
  ('b0000000-0000-4000-8000-000000000301', 'b0000000-0000-4000-8000-000000000002', 'Elena', 'Prieto', '3002220003', '+57', null, 'Medellín')
on conflict (id) do nothing;
insert into public.contact_authorizations (id, contact_id, organization_id, authorization_type, channel, evidence) values
  ('a0000000-0000-4000-8000-000000000401', 'a0000000-0000-4000-8000-000000000301', 'a0000000-0000-4000-8000-000000000001', 'opt_in', 'whatsapp', '{"source": "seed"}')
on conflict (id) do nothing;

-- Some hours of the next working days are taken, so that not every slot is free. Carlos has the first of them.
insert into public.appointments (id, organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time, status, created_by)
select private.derived_uuid('seed ' || w.organization_id || w.member_id || day::date || w.start_time), w.organization_id::uuid, w.contact_id::uuid, w.member_id::uuid, w.service_id::uuid,
       day::date, w.start_time::time, (w.start_time::time + make_interval(mins => s.duration_minutes))::time, w.status, private.system_member(w.organization_id::uuid)
from (values
  ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000301', 'a0000000-0000-4000-8000-000000000201', 'a0000000-0000-4000-8000-000000000101', 3, '10:00', 'programada'),
  ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000302', 'a0000000-0000-4000-8000-000000000201', 'a0000000-0000-4000-8000-000000000101', 1, '09:00', 'confirmada'),
  ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000303', 'a0000000-0000-4000-8000-000000000201', 'a0000000-0000-4000-8000-000000000102', 2, '15:30', 'programada'),
  ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000302', 'a0000000-0000-4000-8000-000000000202', 'a0000000-0000-4000-8000-000000000103', 2, '11:00', 'confirmada'),
  ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000303', 'a0000000-0000-4000-8000-000000000203', 'a0000000-0000-4000-8000-000000000105', 2, '10:00', 'programada'),
  ('b0000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000301', 'b0000000-0000-4000-8000-000000000201', 'b0000000-0000-4000-8000-000000000101', 2, '09:00', 'programada')
) as w (organization_id, contact_id, member_id, service_id, nth, start_time, status)
join public.services s on s.id = w.service_id::uuid
-- The nth day from tomorrow on which this person works and the house is open.
cross join lateral (
  select d as day from generate_series((now() at time zone 'America/Bogota')::date + 1, (now() at time zone 'America/Bogota')::date + 30, interval '1 day') d
  join public.member_availability a on a.member_id = w.member_id::uuid and a.day_of_week = extract(isodow from d) and a.is_available
  where not exists (select 1 from public.organization_special_dates x where x.organization_id = w.organization_id::uuid and x.date = d::date and not x.is_available)
    and extract(isodow from d) < 6
  order by d offset w.nth - 1 limit 1) days
where not exists (
  select 1 from public.appointments x where x.member_id = w.member_id::uuid and x.appointment_date = day::date and x.status in ('programada', 'confirmada')
    and x.start_time < (w.start_time::time + make_interval(mins => s.duration_minutes))::time and x.end_time > w.start_time::time)
on conflict (id) do nothing;

do $$
begin
  if to_regclass('public.knowledge_base') is null then return; end if;
  insert into public.knowledge_base (id, content, metadata)
  select private.derived_uuid('seed knowledge ' || organization_id || title), content,
    jsonb_strip_nulls(jsonb_build_object('organization_id', organization_id, 'service_id', service_id, 'source_type', source_type, 'title', title))
  from (values
    ('a0000000-0000-4000-8000-000000000001', null, 'location', 'Dirección y cómo llegar', 'Aurora Estética queda en la Calle 93 # 14-20, consultorio 402, barrio Chicó, Bogotá. Hay parqueadero en el edificio; la entrada es por la carrera 14.'),
    ('a0000000-0000-4000-8000-000000000001', null, 'hours', 'Horarios de atención', 'Atendemos de lunes a viernes de 8:00 a. m. a 7:00 p. m. y los sábados de 8:00 a. m. a 2:00 p. m. Los domingos y festivos no abrimos.'),
    ('a0000000-0000-4000-8000-000000000001', null, 'prices', 'Lista de precios', 'Precios: limpieza facial profunda $120.000; depilación láser $90.000 por zona; masaje relajante $160.000; valoración médica estética $50.000; toxina botulínica desde $850.000. La lipoescultura se cotiza con un asesor.'),
    ('a0000000-0000-4000-8000-000000000001', null, 'policies', 'Política de cancelación', 'Puedes cancelar o mover tu cita sin costo hasta 4 horas antes. Si no llegas, la siguiente cita se agenda con un anticipo del 50 %.'),
    ('a0000000-0000-4000-8000-000000000001', null, 'policies', 'Medios de pago', 'Recibimos efectivo, tarjeta débito y crédito, Nequi y transferencia. El pago se hace el día de la cita.'),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', 'service', 'Cuidados de la depilación láser', 'Para la depilación láser llega con la zona rasurada el día anterior, sin cremas ni desodorante, y evita el sol una semana antes y después. Se recomiendan de 6 a 8 sesiones, una cada mes.'),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000104', 'service', 'Toxina botulínica: antes de aplicarla', 'La toxina botulínica requiere una valoración médica previa. El efecto se ve entre 3 y 10 días después y dura de 4 a 6 meses. No se aplica durante el embarazo ni la lactancia.'),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', 'service', 'Limpieza facial: qué incluye', 'La limpieza facial profunda incluye exfoliación, extracción, mascarilla e hidratación. Dura una hora y puedes volver a tus actividades el mismo día.'),
    ('b0000000-0000-4000-8000-000000000002', null, 'location', 'Dirección', 'Brisa Dental está en la Carrera 43A # 5-15, local 101, El Poblado, Medellín.'),
    ('b0000000-0000-4000-8000-000000000002', null, 'hours', 'Horarios', 'Brisa Dental atiende de lunes a viernes de 7:00 a. m. a 6:00 p. m. en jornada continua. Sábados, domingos y festivos no hay atención.'),
    ('b0000000-0000-4000-8000-000000000002', null, 'prices', 'Precios', 'Limpieza dental $110.000; valoración odontológica $40.000, que se abonan al tratamiento.')
  ) as k (organization_id, service_id, source_type, title, content)
  on conflict (id) do nothing;
end $$;
