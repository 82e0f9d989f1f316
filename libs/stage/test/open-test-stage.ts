import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import type { Bus } from "@skytide/bus";
import { chatOf, createEvent, deadLetterSubject, hashKeysSchema, inboundEventId } from "@skytide/events";
import { onTestFinished, vi } from "vitest";
import { z } from "zod";
import {
  type DeadLetter,
  deadLetterSchema,
  type OpenStage,
  openStage,
  runWorker,
  stageSettings,
} from "../src/index.ts";
import type { StageContext, StageOptions, WorkerOptions } from "../src/stage-types.ts";

const HASH_KEYS = "v1:0123456789abcdef";
const keys = hashKeysSchema.parse(HASH_KEYS);
const schema = z.object(stageSettings);

/** The environment of a stage under test. */
const testEnv = (natsUrl: string) => ({
  NATS_URL: natsUrl,
  ADMIN_HOST: "127.0.0.1",
  ADMIN_PORT: "0",
  LOG_LEVEL: "silent",
  CHAT_HASH_KEYS: HASH_KEYS,
});

type Start = StageOptions<typeof schema>["start"];

/** Opens stage media in this process; it is stopped when the test ends. */
export async function openTestStage(
  natsUrl: string,
  start: Start,
  env: Record<string, string> = {},
): Promise<OpenStage> {
  const stage = await openStage({ stage: "media", schema, env: { ...testEnv(natsUrl), ...env }, start });
  let stopped = false;
  const stop = async () => {
    stopped = true;
    return stage.stop();
  };
  onTestFinished(async () => {
    if (!stopped) await stage.stop();
  });
  return { ...stage, stop };
}

/** The worker that tests read with: durable media, short waits. */
export function startWorker(
  context: StageContext<unknown>,
  own: Partial<WorkerOptions> & Pick<WorkerOptions, "handler">,
): void {
  runWorker(context, {
    consumer: { stream: "CONVERSATIONS", durable: "media" },
    concurrency: 4,
    deadlineMs: 60_000,
    backoff: { firstMs: 20, lastMs: 50 },
    ...own,
  });
}

/** A conversation that no other test uses. */
export function newConversation() {
  const organizationId = randomUUID();
  return { organizationId, chat: chatOf(keys, organizationId, "whatsapp", "573001110001") };
}
export type TestConversation = ReturnType<typeof newConversation>;

/** A customer's message of that conversation. */
export function customerMessage({ organizationId, chat }: TestConversation, text = "Hola") {
  const now = new Date();
  const providerMessageId = `wamid.${randomUUID()}`;
  return createEvent({
    type: "message.received",
    id: inboundEventId(keys, organizationId, providerMessageId),
    source: "ingest",
    time: now,
    organizationId,
    chat,
    data: {
      platform: "whatsapp",
      providerMessageId,
      customer: { platformUserId: "573001110001", phone: "573001110001", name: "Laura" },
      app: "AuroraDemo",
      content: { kind: "text", text },
      sentAt: now.toISOString(),
      receivedAt: now.toISOString(),
      receivedVia: "gupshup-v2",
    },
  });
}

/** Writes to a subject past every check, in the words of the protocol (https://docs.nats.io/reference/reference-protocols/nats-protocol). */
export async function publishUnchecked(natsUrl: string, subject: string, body: string, reply = ""): Promise<void> {
  const { hostname, port } = new URL(natsUrl);
  const socket = connect(Number(port), hostname);
  const answered = new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("data", (data) => data.includes("PONG") && resolve());
  });
  socket.write(
    `CONNECT {"verbose":false}\r\nPUB ${subject} ${reply} ${Buffer.byteLength(body)}\r\n${body}\r\nPING\r\n`,
  );
  await answered;
  socket.destroy();
}

/** Waits for the conversation's dead letter and reads it. */
export async function deadLetterOf(
  bus: Bus,
  { organizationId, chat }: TestConversation,
  after = 0,
): Promise<DeadLetter & { at: number }> {
  const subject = deadLetterSubject("media", organizationId, chat);
  const at = await vi.waitFor(
    async () => {
      const sequence = await bus.lastSequence(subject);
      if (sequence <= after) throw new Error("no dead letter yet");
      return sequence;
    },
    { timeout: 10_000 },
  );
  const stored = await bus.readMessage("DEADLETTERS", at);
  return { ...deadLetterSchema.parse(stored?.json()), at };
}

/** Reads one sample of the stage's metrics. */
export async function metricOf(stage: OpenStage, sample: string): Promise<number> {
  const body = await (await fetch(`http://127.0.0.1:${stage.adminPort}/metrics`)).text();
  const line = body.split("\n").find((candidate) => candidate.startsWith(`${sample} `));
  return Number(line?.split(" ")[1]);
}
