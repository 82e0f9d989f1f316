import type { FunctionName } from "../src/rpc.ts";
import { type Fact, SHARED_VECTOR } from "./tenancy-facts.ts";

/** Takes a fact of the organization whose turn it is: its own, or, under attack, the other one's. */
export type Pick = (fact: Fact) => string;
/** The arguments of a call; what is no text is given as JSON. */
export type Arguments = Record<string, unknown>;

/** These serve the fleet as a whole and take no organization: the reason, and what they are called with. */
export const FLEET_FUNCTIONS = {
  list_organization_settings: ["the brain waits for all", {}],
  health: ["tells the schema's version", {}],
  list_connections: ["ingest answers for all apps", {}],
  compare_with_log: ["operators compare all", { p_since: "2026-01-01T00:00:00Z", p_appointments: "{}", p_limit: 5 }],
  publish_outbox_again: ["one relay for all", { p_since: "2100-01-01T00:00:00Z" }],
  claim_outbox: ["one relay for all", { p_limit: 1000, p_lease_ms: 0 }],
  mark_outbox_published: ["one relay for all", { p_ids: "{}" }],
  resume_due_bots: ["one sweep for all", { p_limit: 100 }],
  list_retentions: ["one sweep for all", {}],
  purge_expired: ["one sweep for all", { p_batch: 100 }],
  list_unknown_sends: ["operators see all", { p_limit: 100 }],
  list_reminders_due: ["one nightly look for all", { p_horizon_minutes: 600000 }],
  list_handoffs: ["one nightly look for all", { p_limit: 100 }],
  fail_notice: ["the notices' number serves all", { p_provider_message_id: "unknown", p_code: "131026" }],
  list_send_circuits: ["operators see all", {}],
  list_pauses: ["operators see all", {}],
  list_tenants: ["operators see all", {}],
  take_resumed_chats: ["one look for all", { p_limit: 100 }],
  list_unembedded_knowledge: ["operators fill all", { p_embedded_by: "new", p_limit: 200 }],
} as const satisfies Partial<Record<FunctionName, readonly [string, Arguments]>>;

type OwnFunction = Exclude<FunctionName, keyof typeof FLEET_FUNCTIONS>;

/** How each function is called with nothing but an organization's own facts; a function without a line does not compile. */
export const OWN_FUNCTIONS: Record<OwnFunction, (own: Pick) => Arguments> = {
  record_events: (own) => ({ p_events: JSON.stringify(events(own)), p_media_base_url: "" }),
  begin_turn: (own) => ({
    p_organization_id: own("organization"),
    p_chat: own("chat"),
    p_platform: "whatsapp",
    p_platform_user_id: own("platformUserId"),
    p_last_message_at: "2026-11-01T10:00:00Z",
  }),
  find_identity: (own) => ({ p_organization_id: own("organization"), p_chat: own("chat") }),
  find_invoked_identity: (own) => ({ p_organization_id: own("organization"), p_chat_identity_id: own("identity") }),
  begin_media: (own) => ({
    p_organization_id: own("organization"),
    p_chat: own("chat"),
    p_platform: "whatsapp",
    p_platform_user_id: own("platformUserId"),
  }),
  check_availability: (own) => ({
    p_organization_id: own("organization"),
    p_service_id: own("service"),
    p_from: own("startsAt").slice(0, 10),
    p_member_id: own("member"),
    p_chat_identity_id: own("identity"),
    p_except_appointment_id: own("appointment"),
  }),
  book_appointment: (own) => ({
    p_organization_id: own("organization"),
    p_chat_identity_id: own("identity"),
    p_service_id: own("service"),
    p_starts_at: own("startsAt"),
    p_idempotency_key: own("bookingKey"),
    p_member_id: own("member"),
  }),
  confirm_appointment: (own) => ownAppointment(own),
  cancel_appointment: (own) => ownAppointment(own),
  reschedule_appointment: (own) => ({
    ...ownAppointment(own),
    p_starts_at: own("startsAt"),
    p_idempotency_key: `${own("bookingKey")}_move`,
    p_member_id: own("member"),
  }),
  search_knowledge: (own) => ({
    p_organization_id: own("organization"),
    p_query: "palabra",
    p_embedding: SHARED_VECTOR,
    p_service_id: own("service"),
  }),
  ingest_knowledge: (own) => ({
    p_organization_id: own("organization"),
    p_source: own("source"),
    p_source_type: "faq",
    p_title: "Nuevo",
    p_chunks: '[{"content": "nuevo"}]',
    p_service_id: own("service"),
  }),
  write_embeddings: (own) => ({
    p_embedded_by: "new",
    p_vectors: JSON.stringify([
      {
        id: own("knowledge"),
        organizationId: own("organization"),
        checksum: own("checksum"),
        embedding: JSON.parse(SHARED_VECTOR),
      },
    ]),
  }),
  match_documents_by_org: (own) => ({
    query_embedding: SHARED_VECTOR,
    match_threshold: 0,
    match_count: 10,
    org_id: own("organization"),
    p_service_id: own("service"),
  }),
  raise_escalation: (own) => ({
    ...ownIdentity(own),
    p_reason: "user_asked",
    p_summary: "nuevo",
    p_idempotency_key: own("bookingKey"),
  }),
  settle_escalation: (own) => ({ ...ownEscalation(own), p_outcome: "notified" }),
  set_bot_enabled: (own) => ({ ...ownIdentity(own), p_enabled: false, p_reason: "escalation" }),
  record_consent: (own) => ({
    p_organization_id: own("organization"),
    p_contact_id: own("contact"),
    p_channel: "whatsapp",
    p_type: "opt_out",
    p_evidence: "{}",
  }),
  erase_contact: (own) => ({ p_organization_id: own("organization"), p_contact_id: own("contact") }),
  find_customer: (own) => ownCustomer(own),
  erase_customer: (own) => ownCustomer(own),
  finish_erasure: (own) => ({ p_organization_id: own("organization"), p_chats: JSON.stringify([own("chat")]) }),
  begin_notice: (own) => ownEscalation(own),
  claim_notice: (own) => ({ ...ownEscalation(own), p_phone: own("noticePhone"), p_resend: true }),
  settle_notice: (own) => ({ ...ownEscalation(own), p_phone: own("noticePhone"), p_outcome: "accepted" }),
  claim_send: (own) => ({
    ...ownSend(own),
    p_parts: 1,
    p_sequence: 1,
    p_closing: false,
    p_after: own("replyId"),
    p_resend: true,
  }),
  begin_send: (own) => ({
    ...ownSend(own),
    ...{ p_parts: 1, p_sequence: 1, p_closing: false, p_after: own("replyId"), p_resend: true, p_as_template: true },
  }),
  find_send: (own) => ({ p_organization_id: own("organization"), p_chat: own("chat"), p_ids: `{${own("sentId")}}` }),
  reopen_send: (own) => ({
    ...{ p_organization_id: own("organization"), p_reply_id: own("sentReply"), p_index: 0 },
    ...{ p_ids: `{${own("sentId")}}`, p_code: "131056" },
  }),
  resolve_unknown_send: (own) => ({
    ...{ p_organization_id: own("organization"), p_reply_id: own("replyId"), p_index: 0, p_decision: "drop" },
  }),
  escalate_unsent: (own) => ({ p_organization_id: own("organization"), p_chat: own("chat"), p_summary: "nuevo" }),
  typing_target: (own) => ({ p_organization_id: own("organization"), p_chat: own("chat") }),
  report_send_refusal: (own) => ({
    ...{ p_organization_id: own("organization"), p_app_name: own("circuit"), p_code: "new", p_setting: "new" },
    ...{ p_waits: true, p_late: true, p_patience_ms: 0, p_pause_ms: 1000 },
  }),
  close_send_circuit: (own) => ({ p_organization_id: own("organization"), p_app_name: own("circuit") }),
  settle_send: (own) => ({ ...ownSend(own), p_outcome: "rejected", p_code: "131047" }),
  find_unmatched_receipt: (own) => ({
    p_organization_id: own("organization"),
    p_chat: own("chat"),
    p_since: "2026-01-01T00:00:00Z",
  }),
  save_draft: (own) => ({
    ...ownIdentity(own),
    p_id: own("draft"),
    p_messages: '[{"kind":"text","text":"nuevo"}]',
    p_actions: "[]",
    p_prompt_version: "v1",
    p_model: "m",
  }),
  reminder_facts: (own) => ({ p_organization_id: own("organization"), p_appointment_id: own("appointment") }),
  remember_reminder: (own) => ({
    p_organization_id: own("organization"),
    p_appointment_id: own("appointment"),
    p_starts_at: "2031-02-01T10:00:00Z",
    p_reply_id: own("replyId"),
  }),
  said_elsewhere: (own) => ({
    p_organization_id: own("organization"),
    p_chat: own("chat"),
    p_since: "2026-01-01T00:00:00Z",
  }),
  look_at_handoff: (own) => ({ p_organization_id: own("organization"), p_chat: own("chat") }),
  settle_notice_round: (own) => ({
    p_organization_id: own("organization"),
    p_escalation_id: own("escalation"),
    p_round: 2,
  }),
  settle_unanswered: (own) => ({ p_organization_id: own("organization"), p_escalation_id: own("escalation") }),
  onboarding_facts: (own) => ({ p_organization_id: own("organization") }),
  connect_organization: (own) => ({
    p_organization_id: own("organization"),
    p_connection: JSON.stringify({ appName: `app-${own("organization").slice(0, 8)}` }),
  }),
  record_usage: (own) => ({
    p_organization_id: own("organization"),
    p_write_id: own("usageWrite"),
    p_at: "2026-11-22T10:00:00Z",
    p_calls: JSON.stringify([
      {
        ...{ chat: own("chat"), model: "gpt-4o", operation: "decide", calls: 1, unpriced: 0 },
        ...{ input: 9, cached: 1, output: 2, usd: 0.5 },
      },
    ]),
    p_turns: 1,
  }),
  list_usage: (own) => ({
    p_organization_id: own("organization"),
    p_from: "2026-01-01",
    p_to: "2027-01-01",
    p_by: "conversation",
  }),
  find_pause: (own) => ({ p_organization_id: own("organization"), p_scope: "conversation", p_key: own("chat") }),
  pause_agent: (own) => ({
    ...{ p_organization_id: own("organization"), p_scope: "conversation", p_key: own("chat") },
    ...{ p_reason: "nuevo", p_by: "tester" },
  }),
  resume_agent: (own) => ({ p_organization_id: own("organization"), p_scope: "conversation", p_key: own("chat") }),
  is_paused: (own) => ({ p_organization_id: own("organization"), p_chat: own("chat") }),
  settle_resumed_chat: (own) => ({ p_organization_id: own("organization"), p_chat: own("chat") }),
  record_spend: (own) => ({ p_organization_id: own("organization"), p_usd: 0.01, p_calls: 1 }),
  last_receipt_at: (own) => ({ p_organization_id: own("organization") }),
};

function ownIdentity(own: Pick): Arguments {
  return { p_organization_id: own("organization"), p_chat_identity_id: own("identity") };
}

function ownCustomer(own: Pick): Arguments {
  return { p_organization_id: own("organization"), p_chat: own("chat"), p_contact_id: own("contact") };
}

function ownAppointment(own: Pick): Arguments {
  return { ...ownIdentity(own), p_appointment_id: own("appointment") };
}

function ownEscalation(own: Pick): Arguments {
  return { p_organization_id: own("organization"), p_escalation_id: own("escalation") };
}

function ownSend(own: Pick): Arguments {
  return { p_organization_id: own("organization"), p_chat: own("chat"), p_reply_id: own("replyId"), p_index: 0 };
}

/** One event of each kind that the recorder takes, all of one conversation. */
function events(own: Pick) {
  const at = "2026-11-20T10:00:00Z";
  const event = (type: string, data: object) => ({
    id: `${type}_new`,
    type,
    org: own("organization"),
    chat: own("chat"),
    time: at,
    data,
  });
  const sent = { providerMessageId: own("providerMessageId"), at };
  return [
    event("message.received", {
      platform: "whatsapp",
      providerMessageId: own("providerMessageId"),
      customer: { platformUserId: own("platformUserId") },
      app: "Demo",
      content: { kind: "text", text: "nuevo" },
      sentAt: at,
      receivedAt: at,
    }),
    event("media.described", { messageId: own("eventId"), outcome: { text: "nuevo" } }),
    event("message.deleted", { messageId: own("eventId") }),
    event("reply.sent", { ...sent, replyId: own("replyId"), index: 0, text: "nuevo" }),
    event("reply.echoed", { ...sent, text: "nuevo" }),
    event("reply.read", sent),
  ];
}
