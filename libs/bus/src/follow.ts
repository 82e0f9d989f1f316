import { randomBytes } from "node:crypto";
import { API_ERROR } from "./bus-error.ts";
import { Consumer } from "./consumer.ts";
import type { BusMessage } from "./consumer-types.ts";
import { type JetStream, numberIn, orThrow } from "./jetstream.ts";
import type { FollowOptions } from "./types.ts";

const PREFETCH = 256;
/** A reader that went away without saying so is forgotten by the server after this. */
const INACTIVE_NANOSECONDS = 60 * 1_000_000_000;
/** A slow reader holds what it fetched for long; what comes twice is skipped. */
const ACK_WAIT_NANOSECONDS = 60 * 1_000_000_000;

const CHECK_EMPTY_MS = 5_000;

/**
 * Reads a stream from a point on, in order, each message once: an ephemeral consumer of its own, so that no durable moves.
 * Ends at what was stored when it began unless `live`. A lost consumer (restart of the server) is made anew behind the last
 * message.
 */
export async function* follow(jetStream: JetStream, options: FollowOptions): AsyncGenerator<BusMessage, void, void> {
  let start = startOf(options.from);
  let last = 0;
  for (;;) {
    let lost = false;
    const opened = await open(jetStream, options, start);
    let left = options.live ? Number.POSITIVE_INFINITY : opened.waiting;
    try {
      if (left === 0) return;
      for await (const message of opened.consumer) {
        await message.ack();
        if (message.sequence <= last) continue;
        last = message.sequence;
        left -= 1;
        yield message;
        if (left <= 0) return;
      }
    } catch (error) {
      if (!isLost(error)) throw error;
      lost = true;
    } finally {
      await opened.close();
    }
    if (!lost || options.signal?.aborted) return;
    start = { deliver_policy: "by_start_sequence", opt_start_seq: last + 1 };
    if (last === 0) start = startOf(options.from);
  }
}

function startOf(from: FollowOptions["from"]): object {
  if (from === "new") return { deliver_policy: "new" };
  if (from === "first") return { deliver_policy: "all" };
  if ("sequence" in from) return { deliver_policy: "by_start_sequence", opt_start_seq: from.sequence };
  return { deliver_policy: "by_start_time", opt_start_time: from.time.toISOString() };
}

async function open(
  jetStream: JetStream,
  { stream, filters, live, name: fixed, headersOnly = false, signal }: FollowOptions,
  start: object,
) {
  const name = fixed ?? `follow-${randomBytes(8).toString("hex")}`;
  // Of a reader that crashed.
  if (fixed !== undefined) await deleteConsumer(jetStream, stream, name);
  const config = {
    ...{ name, filter_subjects: filters, ack_policy: "explicit", ack_wait: ACK_WAIT_NANOSECONDS, ...start },
    headers_only: headersOnly,
    ...{ max_deliver: -1, max_ack_pending: PREFETCH, mem_storage: true, num_replicas: 1 },
    inactive_threshold: INACTIVE_NANOSECONDS,
  };
  const body = { stream_name: stream, config, action: "create" };
  const info = orThrow(await jetStream.call(`CONSUMER.CREATE.${stream}.${name}`, body));
  const consumer = new Consumer(jetStream, { stream, durable: name, prefetch: PREFETCH });
  const stop = () => void consumer.stop();
  // What waited may be gone before it was read: retention or a purge took it.
  const check = live ? undefined : setInterval(() => void stopWhenEmpty(jetStream, stream, name, stop), CHECK_EMPTY_MS);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  return {
    consumer,
    waiting: numberIn(info, "num_pending"),
    async close() {
      clearInterval(check);
      signal?.removeEventListener("abort", stop);
      await consumer.stop();
      await deleteConsumer(jetStream, stream, name);
    },
  };
}

async function deleteConsumer(jetStream: JetStream, stream: string, name: string): Promise<void> {
  const answer = await jetStream.call(`CONSUMER.DELETE.${stream}.${name}`, {});
  if (answer.kind === "error" && answer.code !== API_ERROR.consumerNotFound) orThrow(answer);
}

async function stopWhenEmpty(jetStream: JetStream, stream: string, name: string, stop: () => void): Promise<void> {
  const info = await jetStream.call(`CONSUMER.INFO.${stream}.${name}`, {}).catch(() => null);
  if (info?.kind !== "ok") return;
  if (numberIn(info.json, "num_pending") === 0 && numberIn(info.json, "num_ack_pending") === 0) stop();
}

function isLost(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "consumer-missing";
}
