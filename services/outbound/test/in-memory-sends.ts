import { RetryableError } from "@skytide/errors";
import type { ClaimRequest, SendClaim, SendKey, Sends, SuppressReason } from "../src/deps.ts";

interface Row {
  replyId: string;
  parts: number;
  state: string;
  attempts: number;
  claimedAt: number;
  providerMessageId: string | null;
  code: string | null;
  resends: number;
  asTemplate: boolean;
}

const FINAL = ["accepted", "rejected", "suppressed", "held"];

/** The claim rows in memory, by the rules that the database has. */
export function createSends(now: () => Date) {
  const rows = new Map<string, Row>();
  const state = {
    rows,
    receipt: null as string | null,
    flowing: true,
    suppress: null as SuppressReason | null,
    /** The organization's template for a closed window. */
    template: null as string | null,
    /** The app's open circuit. */
    blocked: null as { waits: boolean; retryInMs: number } | null,
    escalated: [] as string[],
    settleFailures: 0,
  };
  const idOf = (key: SendKey) => `${key.replyId}.${key.index}`;
  const isSettled = (replyId: string) => {
    const own = [...rows.values()].filter((row) => row.replyId === replyId);
    const accepted = own.filter((row) => row.state === "accepted").length;
    return own.some((row) => ["rejected", "suppressed", "held"].includes(row.state)) || accepted === own[0]?.parts;
  };
  const claimed = (request: ClaimRequest, attempts: number): SendClaim => {
    const asTemplate = request.asTemplate === true && state.template !== null;
    const resends = rows.get(idOf(request))?.resends ?? 0;
    const row = { replyId: request.replyId, parts: request.parts, attempts, claimedAt: now().getTime(), resends };
    rows.set(idOf(request), { ...row, asTemplate, state: "claimed", providerMessageId: null, code: null });
    const address = { destination: "573001110001", source: "573000000001", appName: "AuroraDemo", appId: "app" };
    const templateId = asTemplate ? state.template : null;
    return { kind: "claimed", ...address, apiKey: "key", inboundMessageId: "inbound-1", resends, templateId };
  };
  const sends: Sends = {
    claim: async (request) => {
      const row = rows.get(idOf(request));
      if (row === undefined || row.state === "released") {
        if (request.after !== undefined && !isSettled(request.after)) return { kind: "waiting" };
        const asTemplate = request.asTemplate === true && state.suppress === "window_closed";
        if (state.suppress !== null && !request.closing && !asTemplate)
          return { kind: "suppressed", reason: state.suppress, templateId: state.template ?? undefined };
        if (state.blocked !== null)
          return { kind: "blocked", code: "gupshup-wallet-empty", setting: "gupshup_wallet", ...state.blocked };
        return claimed(request, row?.attempts ?? 1);
      }
      if (row.state === "rejected" && request.reopen) return claimed(request, row.attempts);
      if (FINAL.includes(row.state))
        return {
          kind: "done",
          state: row.state as "accepted",
          providerMessageId: row.providerMessageId,
          code: row.code,
          resends: row.resends,
          asTemplate: row.asTemplate,
        };
      if (request.resend && row.attempts === 1) return claimed(request, 2);
      const claimedAt = new Date(row.claimedAt).toISOString();
      const { attempts, resends, asTemplate } = row;
      return { kind: "uncertain", claimedAt, ageMs: now().getTime() - row.claimedAt, attempts, resends, asTemplate };
    },
    settle: async (request) => {
      if (request.outcome === "accepted" && state.settleFailures > 0) {
        state.settleFailures -= 1;
        throw new RetryableError("database-unavailable", "The database does not answer.");
      }
      const row = rows.get(idOf(request));
      if (row !== undefined && FINAL.includes(row.state)) return { state: row.state };
      const fresh = {
        replyId: request.replyId,
        parts: 1,
        attempts: 1,
        claimedAt: now().getTime(),
        resends: 0,
        asTemplate: false,
      };
      rows.set(idOf(request), {
        ...(row ?? fresh),
        state: request.outcome,
        providerMessageId: request.providerMessageId ?? null,
        code: request.code ?? null,
      });
      return { state: request.outcome };
    },
    findUnmatchedReceipt: async () => (state.receipt === null ? null : { providerMessageId: state.receipt }),
    lastReceiptAt: async () => (state.flowing ? now().toISOString() : null),
    escalateUnsent: async ({ summary }) => {
      if (state.escalated.push(summary) > 1) return null;
      return { escalationId: "e0000000-0000-4000-8000-0000000000e1", raisedAt: now().toISOString() };
    },
  };
  return { sends, state };
}
