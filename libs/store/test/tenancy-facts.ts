import type { SqlSession } from "@skytide/embedded";
import { demo } from "@skytide/testing";

/** What one organization has and the other must never meet; every value is its own and names nothing else. */
interface OrganizationFacts {
  organization: string;
  service: string;
  member: string;
  contact: string;
  appointment: string;
  identity: string;
  chat: string;
  platformUserId: string;
  escalation: string;
  noticePhone: string;
  replyId: string;
  sentReply: string;
  sentId: string;
  circuit: string;
  eventId: string;
  providerMessageId: string;
  bookingKey: string;
  draft: string;
  usageWrite: string;
  startsAt: string;
  knowledge: string;
  source: string;
  checksum: string;
}
export type Fact = keyof OrganizationFacts;

export const OWNERS = ["aurora", "brisa"] as const;
export type Owner = (typeof OWNERS)[number];
export type AllFacts = Record<Owner, OrganizationFacts>;

const axis = (n: number) => JSON.stringify(Array.from({ length: 1536 }, (_, i) => (i === n ? 1 : 0)));
/** The vector of both organizations' knowledge: a search by meaning cannot tell them apart. */
export const SHARED_VECTOR = axis(9);

/** Gives both demo organizations a row in every table, with words that only they have, and says what is whose. */
export async function insertTenants(session: SqlSession): Promise<AllFacts> {
  return {
    aurora: await insertTenant(session, "aurora", "a", {
      service: demo.aurora.services.laser,
      member: demo.aurora.members.camila,
    }),
    brisa: await insertTenant(session, "brisa", "b", {
      service: demo.brisa.services.cleaning,
      member: demo.brisa.members.tomas,
    }),
  };
}

async function insertTenant(
  session: SqlSession,
  owner: Owner,
  letter: "a" | "b",
  given: { service: string; member: string },
): Promise<OrganizationFacts> {
  const organization = demo[owner].organizationId;
  const phone = letter === "a" ? "573177770001" : "573188880002";
  const facts: OrganizationFacts = {
    ...given,
    organization,
    contact: uuid(letter, "c1"),
    appointment: uuid(letter, "c2"),
    identity: uuid(letter, "c3"),
    escalation: uuid(letter, "c4"),
    knowledge: uuid(letter, "c5"),
    chat: `k1_${owner}_chat`,
    platformUserId: phone,
    noticePhone: letter === "a" ? "573009990001" : "573009990002",
    replyId: `reply_of_${owner}`,
    sentReply: `sent_reply_of_${owner}`,
    sentId: `sent.${owner}`,
    circuit: `Circuit_of_${owner}`,
    eventId: `event_of_${owner}`,
    providerMessageId: `wamid.${owner}`,
    bookingKey: `key_of_${owner}`,
    draft: `draft_of_${owner}`,
    usageWrite: uuid(letter, "c6"),
    source: `${owner}.md`,
    startsAt: await freeStart(session, organization, given),
    checksum: "",
  };
  await session.script(rows(facts, owner));
  const { rows: found } = await session.query(
    "select md5(private.embedded_text(k)) as checksum from knowledge_base k where id = $1",
    [facts.knowledge],
  );
  return { ...facts, checksum: String(found[0]?.checksum) };
}

function uuid(letter: string, end: string): string {
  return `${letter}0000000-0000-4000-8000-0000000000${end}`;
}

/** A start far enough away to be cancelled, moved and booked. */
async function freeStart(
  session: SqlSession,
  organization: string,
  { service, member }: { service: string; member: string },
) {
  const { rows: found } = await session.query(
    `select to_char(min(starts_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
     from private.free_starts($1, $2, now() + interval '20 days', now() + interval '40 days', array[$3]::uuid[])`,
    [organization, service, member],
  );
  return String(found[0]?.at);
}

function rows(f: OrganizationFacts, owner: Owner): string {
  const secret = (what: string) => `secreto_${owner}_${what}`;
  const national = f.platformUserId.slice(2);
  return `
    insert into contacts (id, organization_id, first_name, last_name, phone, email) values
      ('${f.contact}', '${f.organization}', '${secret("nombre")}', '${secret("apellido")}', '${national}', '${secret("correo")}');
    insert into contact_authorizations (organization_id, contact_id, authorization_type, evidence) values
      ('${f.organization}', '${f.contact}', 'opt_in', '{"text": "${secret("permiso")}"}');
    insert into chat_identities (id, organization_id, platform_user_id, chat, contact_id, profile_name, last_inbound_at) values
      ('${f.identity}', '${f.organization}', '${f.platformUserId}', '${f.chat}', '${f.contact}', '${secret("perfil")}', now());
    insert into chat_messages (chat_identity_id, direction, message, platform_message_id, event_id) values
      ('${f.identity}', 'incoming', '${secret("mensaje")}', '${f.providerMessageId}', '${f.eventId}');
    insert into appointments (id, organization_id, contact_id, member_id, service_id, appointment_date, start_time, status, notes)
      select '${f.appointment}', '${f.organization}', '${f.contact}', '${f.member}', '${f.service}', at::date, at::time, 'programada', '${secret("nota")}'
      from (select '${f.startsAt}'::timestamptz at time zone 'America/Bogota' as at) s;
    insert into appointment_requests (organization_id, idempotency_key, appointment_id, fingerprint) values
      ('${f.organization}', '${f.bookingKey}', '${f.appointment}',
        concat_ws('|', 'book', '${f.identity}', '${f.service}', extract(epoch from '${f.startsAt}'::timestamptz)));
    insert into reminders (organization_id, appointment_id, starts_at, reply_id) values ('${f.organization}', '${f.appointment}', '2031-01-01', 'reminder_of_${owner}');
    insert into escalations (id, organization_id, chat_identity_id, idempotency_key, reason, summary) values
      ('${f.escalation}', '${f.organization}', '${f.identity}', '${f.bookingKey}', 'user_asked', '${secret("resumen")}');
    insert into notice_sends (organization_id, escalation_id, phone) values ('${f.organization}', '${f.escalation}', '${f.noticePhone}');
    insert into outbound_sends (organization_id, reply_id, message_index, chat_identity_id, claimed_at) values
      ('${f.organization}', '${f.replyId}', 0, '${f.identity}', now() - interval '5 minutes');
    insert into outbound_sends (organization_id, reply_id, message_index, chat_identity_id, state, provider_message_id) values
      ('${f.organization}', '${f.sentReply}', 0, '${f.identity}', 'accepted', '${f.sentId}');
    insert into send_circuits (organization_id, app_name, code, setting, waits, late, opened_at, pause_ms, retry_at) values
      ('${f.organization}', '${f.circuit}', 'gupshup-key-refused', 'gupshup_api_key', false, false, now(), 60000, now() + interval '1 minute');
    insert into message_receipts (organization_id, platform_message_id, status, ids, chat, at) values
      ('${f.organization}', 'receipt.${owner}', 'delivered', array['receipt.${owner}'], '${f.chat}', now());
    insert into recorder_backlog (organization_id, chat, event_id, event) values
      ('${f.organization}', '${f.chat}', 'waiting_${owner}', jsonb_build_object('id', 'waiting_${owner}', 'type', 'media.described', 'org', '${f.organization}',
        'chat', '${f.chat}', 'data', jsonb_build_object('messageId', 'unknown_${owner}', 'outcome', jsonb_build_object('text', '${secret("audio")}'))));
    insert into model_spend (organization_id, day, usd, calls) values ('${f.organization}', '2026-01-01', 0.5, 3);
    insert into model_usage (organization_id, day, chat, model, operation, calls) values ('${f.organization}', '2026-01-01', '${f.chat}', 'secreto_${owner}_modelo', 'decide', 3);
    insert into usage_writes (organization_id, id) values ('${f.organization}', '${f.usageWrite}');
    insert into turn_counts (organization_id, hour, turns) values ('${f.organization}', '2026-01-01', 3);
    insert into agent_pauses (organization_id, scope, key, reason, paused_by) values ('${f.organization}', 'bot', '${f.circuit}', '${secret("pausa")}', 'tester');
    insert into paused_chats (organization_id, chat, scope, key) values ('${f.organization}', '${f.chat}_waiting', 'bot', '${f.circuit}');
    insert into erased_chats (organization_id, chat, contact_id, erased_at) values ('${f.organization}', '${f.chat}_gone', null, '2026-01-01');
    insert into reply_drafts (organization_id, id, chat_identity_id, messages, prompt_version, model) values
      ('${f.organization}', '${f.draft}', '${f.identity}', '[{"kind":"text","text":"${secret("borrador")}"}]', 'v1', 'm');
    insert into member_special_dates (organization_id, member_id, date, reason) values ('${f.organization}', '${f.member}', '2031-01-01', '${secret("motivo")}');
    insert into knowledge_base (id, content, metadata, embedding) values
      ('${f.knowledge}', '${secret("conocimiento")} palabra', jsonb_build_object('organization_id', '${f.organization}', 'service_id', '${f.service}', 'title', '${secret("titulo")}',
        'source', '${f.source}', 'embedded_by', 'old'), '${SHARED_VECTOR}');
  `;
}
