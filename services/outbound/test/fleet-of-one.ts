import { RetryableError } from "@skytide/errors";
import { createEvent, type EventOf, type OutgoingMessage } from "@skytide/events";
import { prepareMessage } from "@skytide/gupshup";
import { createLogger, createMetrics } from "@skytide/telemetry";
import type { Circuits, SendRequest } from "../src/deps.ts";
import { createGiveUp, createHandler } from "../src/handler.ts";
import type { FailedSend, LateDeps } from "../src/late-types.ts";
import { createOutboundMetrics } from "../src/metrics.ts";
import { createReceiptsHandler } from "../src/receipts-handler.ts";
import { createSends } from "./in-memory-sends.ts";

export const organizationId = "a0000000-0000-4000-8000-000000000001";
export const chat = "k1_AAAAAAAAAAAAAAAAAAAAAA";

/** What a killed process looks like from inside: nothing after it runs. */
export class Crash extends Error {}

type Answer = { kind: "accepted"; providerMessageId: string } | { kind: "uncertain" } | Error;

/** The handler with everything around it in memory: a clock that waits move, a provider with answers to give, one crash to come. */
export function createFleetOfOne() {
  let time = Date.parse("2026-11-22T15:00:00Z");
  const now = () => new Date(time);
  const { sends, state } = createSends(now);
  const registry = createMetrics({ version: "test", processMetrics: false });
  const calls: SendRequest[] = [];
  const answers: Answer[] = [];
  const published: Parameters<LateDeps["publish"]>[0][] = [];
  const refusals: Parameters<Circuits["report"]>[0][] = [];
  const readMarks: string[] = [];
  const world = {
    crashAt: undefined as string | undefined,
    leaseTaken: false,
    leaseLost: new AbortController(),
    waits: [] as number[],
    limit: [] as number[],
    before: null as { replyId: string; publishedAt: Date } | null,
    publishFailures: 0,
    /** The circuit opens with the first refusal. */
    impatient: true,
    /** The send that late failures speak of, and the reply that it belongs to. */
    failed: null as FailedSend | null,
    original: null as { event: EventOf<"reply.requested">; publishedAt: Date } | null,
  };
  const deps: LateDeps = {
    leases: {
      acquire: async () => (world.leaseTaken ? null : { lost: world.leaseLost.signal, release: async () => undefined }),
    },
    limits: {
      take: async () => {
        const ms = world.limit.shift() ?? 0;
        return ms === 0 ? { kind: "ok" } : { kind: "wait", ms };
      },
    },
    sends,
    circuits: {
      report: async (refusal) => {
        refusals.push(refusal);
        const open = world.impatient || refusal.patienceMs === 0;
        return { open, opened: open && refusals.length === 1, retryInMs: refusal.pauseMs };
      },
    },
    failedSends: {
      find: async () => {
        const { failed } = world;
        const row = state.rows.get(`${failed?.replyId}.${failed?.index}`);
        return failed && row ? { ...failed, state: row.state } : null;
      },
      reopen: async ({ replyId, index }) => {
        const row = state.rows.get(`${replyId}.${index}`);
        if (row === undefined || world.failed === null) return { reopened: false };
        Object.assign(row, { state: "released", resends: row.resends + 1, providerMessageId: null });
        world.failed.current = false;
        return { reopened: true };
      },
    },
    readReply: async () => world.original,
    provider: {
      send: async (request) => {
        calls.push(request);
        const answer = answers.shift() ?? { kind: "accepted", providerMessageId: `gs-${calls.length}` };
        if (answer instanceof Error) throw answer;
        return answer;
      },
      markRead: ({ providerMessageId }) => readMarks.push(providerMessageId),
    },
    replyBefore: async () => world.before,
    publish: async (event) => {
      if (world.publishFailures > 0) {
        world.publishFailures -= 1;
        throw new RetryableError("publish-failed", "The log did not confirm.");
      }
      published.push(event);
    },
    prepare: prepareMessage,
    now,
    wait: async (ms) => {
      world.waits.push(ms);
      time += ms;
    },
    crashPoint: (name) => {
      if (world.crashAt !== name) return;
      world.crashAt = undefined;
      throw new Crash();
    },
    metrics: createOutboundMetrics(registry),
    log: createLogger({ service: "test", stage: "outbound", version: "test", level: "silent" }),
    policy: {
      uncertainWaitMs: 30_000,
      uncertainPollMs: 3000,
      receiptsFlowMs: 900_000,
      orderWaitMs: 900_000,
      busyRetryMs: 500,
      throttleWaitMs: 3000,
      circuitPatienceMs: 10_000,
      circuitPauseMs: 60_000,
      lateWaitMs: 5000,
      lateMatchMs: 60_000,
      resends: 3,
      numberPerSecond: 20,
      pairPerMinute: 10,
      pairBurst: 40,
    },
  };
  return {
    handle: createHandler(deps),
    receipt: createReceiptsHandler(deps),
    refusals,
    giveUp: createGiveUp(deps),
    deps,
    state,
    world,
    calls,
    answers,
    published,
    readMarks,
    pass: (ms: number) => {
      time += ms;
    },
    texts: () => calls.map((call) => call.message.text),
    metric: async (line: string) => (await registry.exposition()).body.split("\n").find((row) => row.startsWith(line)),
  };
}

/** A requested reply as the worker hands it over. */
export function replyOf(texts: readonly string[], options: { closing?: boolean; replayed?: boolean } = {}) {
  const messages = texts.map((text): OutgoingMessage => ({ kind: "text", text }));
  const event = createEvent({
    type: "reply.requested",
    id: "reply-1",
    source: "brain",
    time: new Date("2026-11-22T14:59:59Z"),
    organizationId,
    chat,
    data: {
      messages,
      closing: options.closing ?? false,
      respondsTo: "2026-11-22T14:59:48.000Z",
      debounceMs: 10_000,
    },
  });
  return {
    event,
    sequence: 7,
    publishedAt: new Date("2026-11-22T14:59:59Z"),
    replayed: options.replayed ?? false,
    signal: new AbortController().signal,
  };
}
