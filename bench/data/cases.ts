import { randomUUID } from "node:crypto";

/** One statement to time; its SQL is the same in every round. */
export interface Statement {
  sql: string;
  parameters: string[];
}

/** What is measured: a function, and the bare SQL that reads or writes the same rows without its rules. */
export interface Case {
  name: string;
  rounds: number;
  needsVectors?: boolean;
  call(round: number): Statement;
  bare(round: number): Statement;
  /** What counts as good enough. */
  target?: { text: string; on?: "PostgreSQL"; met(result: { medianMs: number; ratio: number }): boolean };
}

const organization = "be000000-0000-4000-8000-000000000001";
const service = "be000000-0000-4000-8000-000000000101";
const identity = "be000000-0000-4000-8000-000000000401";

/** All rows from which free time is computed, without computing it. */
const calendarSql = `
  select (select json_agg(o) from organizations o where o.id = $1),
    (select json_agg(s) from services s where s.organization_id = $1 and s.id = $2),
    (select json_agg(m) from service_assignments a join members m on m.id = a.member_id and m.is_active where a.organization_id = $1 and a.service_id = $2),
    (select json_agg(h) from organization_availability h where h.organization_id = $1),
    (select json_agg(h) from member_availability h where h.organization_id = $1),
    (select json_agg(d) from organization_special_dates d where d.organization_id = $1 and d.date between $3::date and $4::date),
    (select json_agg(d) from member_special_dates d where d.organization_id = $1 and d.date between $3::date and $4::date),
    (select json_agg(json_build_array(a.member_id, a.blocked_from, a.blocked_until)) from appointments a
     where a.organization_id = $1 and a.status in ('programada', 'confirmada') and a.starts_at >= $3::date and a.starts_at < $4::date + 1)`;

/** The facts of a turn in one hand-written statement: no upsert, no switch that comes back, no refusal. */
const factsSql = `
  select jsonb_build_object('chatIdentityId', i.id, 'botEnabled', i.bot_enabled, 'now', now(),
    'organization', jsonb_build_object('id', o.id, 'name', o.name, 'timezone', o.timezone, 'locale', o.locale, 'agentName', o.agent_name, 'tone', o.agent_tone,
      'instructions', o.agent_instructions, 'settings', jsonb_build_object('agentEnabled', o.agent_enabled, 'slotStepMinutes', o.slot_step_minutes, 'minNoticeMinutes', o.min_notice_minutes,
        'bookingHorizonDays', o.booking_horizon_days, 'cancelNoticeMinutes', o.cancel_notice_minutes, 'quietMinutes', o.quiet_minutes, 'reminderMinutes', o.reminder_minutes)),
    'contact', (select jsonb_build_object('id', id, 'firstName', first_name, 'lastName', last_name) from contacts where id = i.contact_id and erased_at is null),
    'services', (select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'description', s.description, 'durationMinutes', s.duration_minutes, 'priceCop', s.price_cop,
        'isBookable', s.is_bookable, 'requiresAssessment', s.requires_assessment, 'assessmentServiceId', a.id, 'needsAssessment', s.requires_assessment and not exists (
          select 1 from appointments d where d.organization_id = o.id and d.contact_id = i.contact_id and d.service_id = s.assessment_service_id and d.status = 'completada')) order by s.name, s.id)
      from services s left join services a on a.id = s.assessment_service_id and a.is_active and a.is_bookable where s.organization_id = o.id and s.is_active),
    'members', (select jsonb_agg(jsonb_build_object('id', m.id, 'name', btrim(concat_ws(' ', m.first_name, m.last_name))) order by m.first_name, m.id) from members m
      where m.organization_id = o.id and m.is_active and exists (select 1 from service_assignments x where x.organization_id = o.id and x.member_id = m.id)),
    'appointments', (select jsonb_agg(jsonb_build_object('id', a.id, 'serviceId', a.service_id, 'memberId', a.member_id, 'date', a.appointment_date, 'startTime', to_char(a.start_time, 'HH24:MI'),
        'endTime', to_char(a.end_time, 'HH24:MI'), 'startsAt', a.starts_at, 'status', a.status, 'serviceName', s.name, 'memberName', btrim(concat_ws(' ', m.first_name, m.last_name))) order by a.starts_at)
      from appointments a left join services s on s.id = a.service_id left join members m on m.id = a.member_id
      where a.contact_id = i.contact_id and a.organization_id = o.id and a.status in ('programada', 'confirmada') and a.starts_at > now()),
    'consent', (select authorization_type from contact_authorizations where contact_id = i.contact_id and channel = 'whatsapp' and is_active order by created_at desc limit 1),
    'openEscalation', (select id from escalations where chat_identity_id = i.id and closed_at is null))
  from organizations o join chat_identities i on i.organization_id = o.id and i.platform = 'whatsapp' and i.platform_user_id = $2
  where o.id = $1`;

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

function availability(name: string, days: number, rounds: number): Case {
  const dates = [inDays(2), inDays(1 + days)];
  return {
    name,
    rounds,
    call: () => ({
      sql: "select check_availability(p_organization_id => $1, p_service_id => $2, p_from => $3, p_to => $4)",
      parameters: [organization, service, ...dates],
    }),
    bare: () => ({ sql: calendarSql, parameters: [organization, service, ...dates] }),
  };
}

/** Free half hours far from the appointments that are there: day and hour by round, one person. */
function slot(round: number, member: string, hour: number): { memberId: string; date: string; start: string } {
  return { memberId: `be000000-0000-4000-8000-0000000002${member}`, date: inDays(35 + round), start: `${hour}:00` };
}

function received(round: number, id: string): unknown {
  const at = new Date(Date.now() + round).toISOString();
  return {
    id,
    type: "message.received",
    org: organization,
    chat: "v1.bench",
    time: at,
    data: {
      platform: "whatsapp",
      app: "Bench",
      customer: { platformUserId: "573100000001", phone: "573100000001", name: "Cliente" },
      providerMessageId: `wamid.${id}`,
      sentAt: at,
      receivedAt: at,
      content: { kind: "text", text: "¿tienen cita mañana?" },
    },
  };
}

const vector = `[${Array.from({ length: 1536 }, (_, n) => Math.sin(n).toFixed(4)).join(",")}]`;

/** Everything that is measured. */
export const cases: readonly Case[] = [
  availability("availability, 30 days × 10 people × 15 min", 30, 20),
  {
    ...availability("availability, one day × 10 people × 15 min", 1, 60),
    target: { text: "≤ 5 ms on PostgreSQL", on: "PostgreSQL", met: ({ medianMs }) => medianMs <= 5 },
  },
  {
    name: "book an appointment",
    rounds: 40,
    call(round) {
      const { memberId, date, start } = slot(round, "01", 9);
      return {
        sql: `select book_appointment(p_organization_id => $1, p_chat_identity_id => $2, p_service_id => $3, p_member_id => $4,
          p_starts_at => ($5::date + $6::time) at time zone 'America/Bogota', p_idempotency_key => $7)`,
        parameters: [organization, identity, service, memberId, date, start, randomUUID()],
      };
    },
    // The CRM's own insert: the triggers, the constraint, the history and the outbox are in it.
    bare(round) {
      const { memberId, date, start } = slot(round, "02", 9);
      return {
        sql: `insert into appointments (organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time, status)
          select $1, contact_id, $3::uuid, $4::uuid, $5::date, $6::time, $6::time + interval '30 minutes', 'programada' from chat_identities where id = $2 returning id`,
        parameters: [organization, identity, memberId, service, date, start],
      };
    },
  },
  {
    name: "begin a turn",
    rounds: 100,
    call: () => ({
      sql: "select begin_turn(p_organization_id => $1, p_chat => 'v1.bench', p_platform => 'whatsapp', p_platform_user_id => $2)",
      parameters: [organization, "573100000001"],
    }),
    bare: () => ({ sql: factsSql, parameters: [organization, "573100000001"] }),
    target: { text: "≤ 1.3 × bare", met: ({ ratio }) => ratio <= 1.3 },
  },
  {
    name: "record an inbound message",
    rounds: 60,
    call: (round) => ({
      sql: "select record_events($1::jsonb)",
      parameters: [JSON.stringify([received(round, randomUUID())])],
    }),
    bare: () => ({
      sql: `with identity as (
          insert into chat_identities (organization_id, platform, platform_user_id, chat) values ($1, 'whatsapp', '573100000001', 'v1.bench')
          on conflict (organization_id, platform, platform_user_id) do update set last_seen = now(), last_inbound_at = now() returning id)
        insert into chat_messages (organization_id, chat_identity_id, direction, message, platform_message_id, message_status, event_id)
        select $1, id, 'incoming', '¿tienen cita mañana?', 'wamid.' || $2::text, 'delivered', $2::text from identity on conflict do nothing`,
      parameters: [organization, randomUUID()],
    }),
  },
  {
    name: "search 1,000 chunks by words and meaning",
    rounds: 20,
    needsVectors: true,
    call: () => ({
      sql: "select search_knowledge(p_organization_id => $1, p_query => $2, p_embedding => $3::text::extensions.vector)",
      parameters: [organization, "precio de la depilación láser", vector],
    }),
    // Both searches, not fused.
    bare: () => ({
      sql: `select id from (select id from knowledge_base where organization_id = $1 order by embedding operator(extensions.<=>) $3::text::extensions.vector limit 30) meaning
        union all select id from (select id from knowledge_base where organization_id = $1 and words @@ replace(plainto_tsquery('public.spanish_unaccent', $2)::text, '&', '|')::tsquery
          order by ts_rank_cd(words, replace(plainto_tsquery('public.spanish_unaccent', $2)::text, '&', '|')::tsquery, 1) desc limit 30) words`,
      parameters: [organization, "precio de la depilación láser", vector],
    }),
  },
];
