import { isWrongLastSequence } from "./bus-error.ts";
import { HEADER } from "./headers.ts";
import { type JetStream, orThrow } from "./jetstream.ts";
import { readLast } from "./read.ts";
import { FIRED_TTL, streamOf } from "./streams.ts";
import type { PendingTimer, Schedule } from "./types.ts";

const AT = "@at ";

/** Arms or moves the timer of a subject. Never with a message id: the deduplication window would swallow the move. */
export async function scheduleTimer(jetStream: JetStream, schedule: Schedule): Promise<void> {
  const { subject, target, at, headers = {}, body = {}, ifAbsent = false } = schedule;
  const answer = await jetStream.store({
    subject,
    payload: JSON.stringify(body),
    headers: {
      ...headers,
      [HEADER.schedule]: `${AT}${at.toISOString()}`,
      [HEADER.scheduleTarget]: target,
      [HEADER.scheduleTtl]: FIRED_TTL,
      [HEADER.ttl]: "never",
      ...(ifAbsent ? { [HEADER.expectedSubjectSequence]: "0" } : {}),
    },
  });
  if (answer.kind === "error" && ifAbsent && isWrongLastSequence(answer)) return;
  orThrow(answer);
}

/** The pending timer of a subject, read from the leader. */
export async function readTimer(jetStream: JetStream, subject: string): Promise<PendingTimer | null> {
  const message = await readLast(jetStream, streamOf(subject), subject);
  const when = message?.headers[HEADER.schedule];
  if (!message || !when?.startsWith(AT)) return null;
  const own = Object.entries(message.headers).filter(([name]) => !name.startsWith("Nats-"));
  return { at: new Date(when.slice(AT.length)), headers: Object.fromEntries(own) };
}

/** Publishes a fired timer without a timer. */
export async function fireNow(
  jetStream: JetStream,
  dueSubject: string,
  headers: Record<string, string> = {},
): Promise<void> {
  orThrow(
    await jetStream.store({ subject: dueSubject, payload: "{}", headers: { ...headers, [HEADER.ttl]: FIRED_TTL } }),
  );
}

/** Removes all messages of a subject but the last `keep`. */
export async function purgeSubject(jetStream: JetStream, stream: string, subject: string, keep = 0): Promise<void> {
  orThrow(await jetStream.call(`STREAM.PURGE.${stream}`, { filter: subject, ...(keep > 0 ? { keep } : {}) }));
}
