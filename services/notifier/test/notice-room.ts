import { createEvent } from "@skytide/events";
import { createLogger, createMetrics } from "@skytide/telemetry";
import type { Deps, Notice, NoticeClaim, NoticeEvent, NoticeRecord, TemplateRequest } from "../src/deps.ts";
import { createGiveUp, createHandler } from "../src/handler.ts";
import { createNotifierMetrics } from "../src/metrics.ts";

export const organizationId = "a0000000-0000-4000-8000-000000000001";
export const escalationId = "c0000000-0000-4000-8000-000000000001";
export const chat = "k1_AAAAAAAAAAAAAAAAAAAAAA";

/** What a killed process looks like from inside: nothing after it runs. */
export class Crash extends Error {}

type Answer = { kind: "accepted"; providerMessageId: string } | { kind: "uncertain" } | Error;
type Row = { state: string; attempts: number; claimedAt: number; round: number };

/** The notifier's handler with everything around it in memory. */
export function createNoticeRoom() {
  let time = Date.parse("2026-11-22T15:00:05Z");
  const registry = createMetrics({ version: "test", processMetrics: false });
  const rows = new Map<string, Row>();
  const calls: TemplateRequest[] = [];
  const answers: Answer[] = [];
  const published: NoticeEvent[] = [];
  const records: NoticeRecord[] = [];
  const world = {
    crashAt: undefined as string | undefined,
    open: true,
    notice: {
      chat,
      state: "raised",
      recipients: [{ phone: "573009990001", alternative: false }],
      rounds: 1,
      templateRefused: false,
      customerName: "Laura Rojas",
      customerPhone: "573001110001",
      reason: "user_asked",
      summary: "Quiere hablar\nde un reembolso",
      organizationName: "Aurora Estética",
      timezone: "America/Bogota",
      locale: "es-CO",
      raisedAt: "2026-11-22T15:00:00.000Z",
    } as Notice,
  };
  const claim = (phone: string, resend: boolean, round: number): NoticeClaim => {
    const before = rows.get(phone);
    const row = before === undefined || before.round < round ? undefined : before;
    if (row === undefined || row.state === "released" || (resend && row.attempts === 1)) {
      rows.set(phone, { state: "claimed", attempts: resend ? 2 : (row?.attempts ?? 1), claimedAt: time, round });
      return { kind: "new" };
    }
    if (row.state === "accepted" || row.state === "rejected") return { kind: row.state };
    return { kind: "unknown", ageMs: time - row.claimedAt, attempts: row.attempts };
  };
  const deps: Deps = {
    notices: {
      beginNotice: async () => (world.open ? world.notice : null),
      claimNotice: async ({ phone, resend, round }) => claim(phone, resend ?? false, round),
      settleNotice: async ({ phone, outcome }) => {
        const row = rows.get(phone);
        if (row !== undefined) row.state = outcome;
      },
      settleNoticeRound: async ({ round }) => {
        world.notice = { ...world.notice, rounds: round };
      },
      settleEscalation: async ({ outcome }) => {
        if (outcome === "failed") world.open = false;
        else world.notice = { ...world.notice, state: "notified" };
      },
    },
    hasFallback: false,
    sendTemplate: async (request) => {
      calls.push(request);
      const answer = answers.shift() ?? { kind: "accepted", providerMessageId: `gs-${calls.length}` };
      if (answer instanceof Error) throw answer;
      return answer;
    },
    publish: async (event) => void published.push(event),
    record: async (record) => void records.push(record),
    now: () => new Date(time),
    crashPoint: (name) => {
      if (world.crashAt !== name) return;
      world.crashAt = undefined;
      throw new Crash();
    },
    metrics: createNotifierMetrics(registry),
    log: createLogger({ service: "test", stage: "notifier", version: "test", level: "silent" }),
    policy: { uncertainWaitMs: 15_000 },
  };
  return {
    handle: createHandler(deps),
    giveUp: createGiveUp(deps),
    deps,
    world,
    rows,
    calls,
    answers,
    published,
    records,
    pass: (ms: number) => {
      time += ms;
    },
    metric: async (line: string) => (await registry.exposition()).body.split("\n").find((row) => row.startsWith(line)),
  };
}

/** `escalation.raised` as the worker hands it over. */
export function raised(signal = new AbortController().signal) {
  const raisedAt = "2026-11-22T15:00:00.000Z";
  const event = createEvent({
    type: "escalation.raised",
    id: "raised-1",
    source: "brain",
    time: new Date(raisedAt),
    organizationId,
    chat,
    turn: "turn-1",
    data: { escalationId, reason: "user_asked", raisedAt },
  });
  return { event, signal };
}
