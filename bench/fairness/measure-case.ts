import { setTimeout as pause } from "node:timers/promises";
import type { Bus } from "@skytide/bus";
import { openStage, runWorker, stageSettings } from "@skytide/stage";
import { messageReceived, newConversation } from "@skytide/testing/builders";
import { z } from "zod";

/** A handler that waits for others, as all of ours do. */
export const HANDLER_MS = 100;
export const CONCURRENCY = 10;
/** What the other organization sends. */
export const EVERY_MS = 100;
const PUBLISH_WINDOW = 200;

export interface Case {
  name: string;
  /** Messages of the busy organization, published while the other one writes. */
  backlog: number;
  /** How fast they are published. */
  perSecond: number;
  fair: boolean;
  seconds: number;
}

export interface Room {
  natsUrl: string;
  bus: Bus;
}

export interface Result {
  name: string;
  /** From publication to the handler's end, of the other organization's messages. */
  medianMs: number;
  p95Ms: number;
  worstMs: number;
  handled: number;
  sent: number;
  /** How long it took to publish the backlog. */
  publishedInMs: number;
  /** The largest number of messages that the shared durable had in hand. */
  window: number;
  busyHandled: number;
}

/** Measures one organization's waits while another one's backlog is there. */
export async function measureCase(room: Room, one: Case): Promise<Result> {
  const [busy, other] = [newConversation(), newConversation()];
  const waits: number[] = [];
  let busyHandled = 0;
  const stage = await open(room, one, (organizationId, ageMs) => {
    if (organizationId === other.organizationId) waits.push(ageMs);
    else busyHandled += 1;
  });
  let window = 0;
  const looking = setInterval(async () => {
    const facts = await room.bus.consumerInfo("CONVERSATIONS", "media").catch(() => null);
    window = Math.max(window, facts?.ackPending ?? 0);
  }, 500);
  const started = performance.now();
  const flooding = publishMany(room.bus, busy, one).then(() => performance.now() - started);
  const sent = Math.floor((one.seconds * 1_000) / EVERY_MS);
  const sending: Promise<unknown>[] = [];
  for (let index = 0; index < sent; index += 1) {
    sending.push(room.bus.publish(messageReceived(other)));
    await pause(Math.max(0, started + (index + 1) * EVERY_MS - performance.now()));
  }
  const publishedInMs = await flooding;
  await Promise.all(sending);
  await pause(3_000);
  clearInterval(looking);
  const result = { ...summary(waits), name: one.name, handled: waits.length, sent, publishedInMs, window, busyHandled };
  await stage.stop();
  return result;
}

function open({ natsUrl }: Room, { fair }: Case, handled: (organizationId: string, ageMs: number) => void) {
  return openStage({
    stage: "media",
    schema: z.object(stageSettings),
    env: {
      NATS_URL: natsUrl,
      ADMIN_HOST: "127.0.0.1",
      ADMIN_PORT: "0",
      LOG_LEVEL: "silent",
      CHAT_HASH_KEYS: "v1:0123456789abcdef",
      DRAIN_MS: "1000",
      ...(fair ? {} : { ORG_CONCURRENCY: String(CONCURRENCY) }),
    },
    async start(context) {
      runWorker(context, {
        consumer: { stream: "CONVERSATIONS", durable: "media" },
        concurrency: CONCURRENCY,
        deadlineMs: Number.POSITIVE_INFINITY,
        async handler({ organizationId, publishedAt }) {
          await pause(HANDLER_MS);
          handled(organizationId, Date.now() - publishedAt.getTime());
        },
      });
    },
  });
}

async function publishMany(
  bus: Bus,
  conversation: ReturnType<typeof newConversation>,
  { backlog, perSecond }: Case,
): Promise<void> {
  const started = performance.now();
  let left = backlog;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      await pause(Math.max(0, started + ((backlog - left) * 1_000) / perSecond - performance.now()));
      await bus.publish(messageReceived(conversation), { deadlineMs: 60_000 });
    }
  };
  await Promise.all(Array.from({ length: PUBLISH_WINDOW }, one));
}

function summary(waits: readonly number[]) {
  const sorted = [...waits].sort((one, another) => one - another);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { medianMs: at(0.5), p95Ms: at(0.95), worstMs: at(1) };
}
