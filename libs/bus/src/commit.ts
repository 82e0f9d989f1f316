import { setTimeout as pause } from "node:timers/promises";
import type { ConversationEvent } from "@skytide/events";
import { API_ERROR, fromApiError, isWrongLastSequence, unavailable } from "./bus-error.ts";
import { HEADER } from "./headers.ts";
import { type Answer, backoffMs, type JetStream, type Message, numberIn } from "./jetstream.ts";
import { toMessage } from "./publish.ts";
import { readLast } from "./read.ts";
import { createSemaphore } from "./semaphore.ts";
import { streamOf } from "./streams.ts";
import type { CommitResult, Fence } from "./types.ts";

export interface Commit {
  events: ConversationEvent[];
  fences: Fence[];
}

/** The server holds at most 50 open batches per stream for all replicas together. */
const OPEN_BATCHES = 12;
const WITHIN_MS = 10_000;

/** Makes the commit of one connection: all events in one atomic batch, or none. */
export function createCommit(jetStream: JetStream): (commit: Commit) => Promise<CommitResult> {
  const semaphore = createSemaphore(OPEN_BATCHES);
  return async ({ events, fences }) => {
    const messages = withFences(events.map(toMessage), fences);
    return semaphore.run(() => commitUntilAnswered(jetStream, messages, events));
  };
}

/** Puts each fence on a message: its own subject's first where there is one, else any that carries none yet. */
function withFences(messages: Message[], fences: Fence[]): Message[] {
  // Without a fence a commit whose answer was lost could be stored twice.
  if (fences.length === 0) throw new RangeError("a commit needs at least one fence");
  const fenceOf = new Map<Message, Fence>();
  const own = (fence: Fence) => messages.find(({ subject }) => subject === fence.subject);
  const ordered = [...fences.filter(own), ...fences.filter((fence) => !own(fence))];
  for (const fence of ordered) {
    const carrier = own(fence) ?? messages.find((message) => !fenceOf.has(message));
    if (!carrier || fenceOf.has(carrier)) throw new RangeError("a commit has no message left to carry a fence");
    fenceOf.set(carrier, fence);
  }
  return messages.map((message) => {
    const fence = fenceOf.get(message);
    if (!fence) return message;
    const headers = {
      [HEADER.expectedSubjectSequence]: String(fence.lastSequence),
      [HEADER.expectedSubject]: fence.subject,
    };
    return { ...message, headers: { ...message.headers, ...headers } };
  });
}

async function commitUntilAnswered(
  jetStream: JetStream,
  messages: Message[],
  events: ConversationEvent[],
): Promise<CommitResult> {
  const deadline = performance.now() + WITHIN_MS;
  let answerLost = false;
  for (let attempt = 0; performance.now() < deadline; attempt += 1) {
    const answer = await sendBatch(jetStream, messages);
    if (answer?.kind === "ok") return { kind: "committed", sequences: sequencesOf(answer.json) };
    if (answer && isWrongLastSequence(answer)) {
      const sequences = answerLost ? await findOwn(jetStream, events) : null;
      return sequences ? { kind: "committed", sequences } : { kind: "refused" };
    }
    if (answer && answer.status < 500 && answer.code !== API_ERROR.tooManyBatches) throw fromApiError(answer);
    answerLost ||= answer === null;
    await pause(backoffMs(attempt));
  }
  throw unavailable();
}

/** One try of the batch; null = nobody knows whether it was stored. */
async function sendBatch(jetStream: JetStream, messages: Message[]): Promise<Answer | null> {
  const batchId = crypto.randomUUID();
  const last = messages.length - 1;
  for (const [index, message] of messages.entries()) {
    const headers = {
      ...message.headers,
      [HEADER.batchId]: batchId as string,
      [HEADER.batchSequence]: String(index + 1),
      ...(index === last ? { [HEADER.batchCommit]: "1" } : {}),
    };
    const answer = await jetStream.storeOnce({ ...message, headers });
    if (index === last || answer?.kind !== "ok") return answer;
  }
  throw new RangeError("a commit needs at least one event");
}

function sequencesOf(json: Readonly<Record<string, unknown>>): number[] {
  const last = numberIn(json, "seq");
  const count = numberIn(json, "count");
  return Array.from({ length: count }, (_, index) => last - count + 1 + index);
}

/** After a lost answer: the sequences of our own batch if it is what stands on the log. */
async function findOwn(jetStream: JetStream, events: ConversationEvent[]): Promise<number[] | null> {
  for (const [index, event] of events.entries()) {
    const stored = await readLast(jetStream, streamOf(event.subject), event.subject);
    const { id } = JSON.parse(stored?.payload ?? "{}") as { id?: unknown };
    if (stored && id === event.id) return events.map((_, other) => stored.sequence - index + other);
  }
  return null;
}
