import { z } from "zod";
import type { Rpc } from "./rpc.ts";

const instant = z.iso.datetime({ offset: true });

const failedSendSchema = z.object({
  replyId: z.string(),
  index: z.number().int(),
  /** The reply's place on the log. */
  sequence: z.number().int(),
  state: z.enum(["claimed", "unknown", "accepted", "rejected", "suppressed", "released", "held"]),
  appName: z.string().nullable(),
  claimedAt: instant,
  resends: z.number().int(),
  asTemplate: z.boolean(),
  /** The receipt speaks of its last try, not of an earlier one. */
  current: z.boolean(),
  /** A receipt says that it was delivered all the same. */
  delivered: z.boolean(),
  /** The organization's template for a closed window. */
  templateId: z.string().nullable(),
});
/** The send that a receipt speaks of. */
export type FailedSend = z.infer<typeof failedSendSchema>;

const circuitSchema = z.object({
  organizationId: z.uuid(),
  organizationName: z.string(),
  appName: z.string(),
  code: z.string(),
  setting: z.string(),
  waits: z.boolean(),
  since: instant,
  failures: z.number().int(),
  retryAt: instant,
});
/** An app through which nothing is sent for now: whose, why, since when, until when at least. */
export type SendCircuit = z.infer<typeof circuitSchema>;

export interface SendRefusal {
  organizationId: string;
  appName: string;
  code: string;
  /** What the organization has to look at. */
  setting: string;
  /** Messages wait until it is over; else they fail in plain sight. */
  waits: boolean;
  /** Said by a receipt. */
  late: boolean;
  /** How long refusals have to go on until the circuit opens. */
  patienceMs: number;
  /** Until one message tries again. */
  pauseMs: number;
  /** When the refused message was sent. */
  sentAt?: string | undefined;
}

export interface SendFailures {
  /** The send that a late failure speaks of, by any id that the receipt gives. */
  findSend(of: { organizationId: string; chat: string; ids: readonly string[] }): Promise<FailedSend | null>;
  /** Takes an accepted send back after a late failure, once per failure, so that it can be claimed again. */
  reopenSend(of: {
    organizationId: string;
    replyId: string;
    index: number;
    ids: readonly string[];
    code: string;
  }): Promise<{ reopened: boolean }>;
  /** Asks for a person, once per time that the customer wrote; null where that was done. */
  escalateUnsent(of: {
    organizationId: string;
    chat: string;
    /** In people's words; stays in the database. */
    summary: string;
  }): Promise<{ escalationId: string; raisedAt: string } | null>;
  /** Counts a refusal that concerns the whole app; refusals that go on open its circuit, for all replicas. */
  reportSendRefusal(refusal: SendRefusal): Promise<{ open: boolean; opened: boolean; retryInMs: number }>;
  /** Every open circuit, oldest first. */
  listSendCircuits(): Promise<SendCircuit[]>;
  closeSendCircuit(of: { organizationId: string; appName: string }): Promise<{ closed: boolean }>;
}

/** The functions about sends that fail and apps that are refused. */
export function createSendFailures(rpc: Rpc): SendFailures {
  return {
    findSend: async ({ organizationId, chat, ids }) => {
      const parameters = { p_organization_id: organizationId, p_chat: chat, p_ids: [...ids] };
      return (await rpc.call("find_send", parameters, z.object({ send: failedSendSchema.nullable() }))).send;
    },
    reopenSend: ({ organizationId, replyId, index, ids, code }) =>
      rpc.call(
        "reopen_send",
        {
          ...{ p_organization_id: organizationId, p_reply_id: replyId, p_index: index },
          ...{ p_ids: [...ids], p_code: code },
        },
        z.object({ reopened: z.boolean() }),
      ),
    escalateUnsent: async ({ organizationId, chat, summary }) => {
      const parameters = { p_organization_id: organizationId, p_chat: chat, p_summary: summary };
      const schema = z.object({ escalationId: z.uuid(), raisedAt: instant }).nullable();
      return (await rpc.call("escalate_unsent", parameters, z.object({ escalation: schema }))).escalation;
    },
    reportSendRefusal: (refusal) =>
      rpc.call(
        "report_send_refusal",
        {
          ...{ p_organization_id: refusal.organizationId, p_app_name: refusal.appName, p_code: refusal.code },
          ...{ p_setting: refusal.setting, p_waits: refusal.waits, p_late: refusal.late },
          ...{ p_patience_ms: refusal.patienceMs, p_pause_ms: refusal.pauseMs, p_sent_at: refusal.sentAt },
        },
        z.object({ open: z.boolean(), opened: z.boolean(), retryInMs: z.number() }),
      ),
    listSendCircuits: async () =>
      (await rpc.call("list_send_circuits", {}, z.object({ circuits: z.array(circuitSchema) }))).circuits,
    closeSendCircuit: ({ organizationId, appName }) =>
      rpc.call(
        "close_send_circuit",
        { p_organization_id: organizationId, p_app_name: appName },
        z.object({ closed: z.boolean() }),
      ),
  };
}
