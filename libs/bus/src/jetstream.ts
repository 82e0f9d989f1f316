import { setTimeout as pause } from "node:timers/promises";
import type { Msg } from "nats";
import { API_ERROR, type ApiError, fromApiError, fromClientError, isTemporary, unavailable } from "./bus-error.ts";
import type { Connection } from "./connection.ts";
import { toHeaders } from "./headers.ts";

/** What the JetStream API answers. */
export type Answer = { kind: "ok"; json: Readonly<Record<string, unknown>> } | ApiError;

export interface Message {
  subject: string;
  payload: string;
  headers: Readonly<Record<string, string>>;
}

/** JetStream by plain requests: what it says is on the wire, so no part of the client's JetStream module is needed. */
export interface JetStream {
  connection: Connection;
  /** One API request; retried while the log is away. */
  call(subject: string, body: object, deadlineMs?: number): Promise<Answer>;
  /** Publishes to a stream and waits for its answer; retried while the log is away, so give it an id or a fence. */
  store(message: Message, deadlineMs?: number): Promise<Answer>;
  /** One try of a message; null = nobody knows whether it arrived. */
  storeOnce(message: Message): Promise<Answer | null>;
}

const DEADLINE_MS = 10_000;
const ATTEMPT_MS = 2_000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** JetStream on a connection. */
export function createJetStream(connection: Connection): JetStream {
  const store = (message: Message, deadlineMs = DEADLINE_MS) => request(connection, message, deadlineMs);
  return {
    connection,
    store,
    call: (subject, body, deadlineMs) =>
      store({ subject: `$JS.API.${subject}`, payload: JSON.stringify(body), headers: {} }, deadlineMs),
    async storeOnce(message) {
      if (!(await connection.whenConnected(ATTEMPT_MS))) return null;
      try {
        return toAnswer(await attempt(connection, message, ATTEMPT_MS));
      } catch (error) {
        if (isTemporary(error)) return null;
        throw fromClientError(error);
      }
    },
  };
}

/** The waits between tries: doubling, with jitter so that replicas do not come back in step. */
export function backoffMs(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** The result, or our error. */
export function orThrow(answer: Answer): Readonly<Record<string, unknown>> {
  if (answer.kind === "error") throw fromApiError(answer);
  return answer.json;
}

/** A number of an answer. */
export function numberIn(json: Readonly<Record<string, unknown>>, field: string): number {
  const found = json[field];
  return typeof found === "number" ? found : 0;
}

/** An object of an answer; empty when it is missing. */
export function objectIn(json: Readonly<Record<string, unknown>>, field: string): Readonly<Record<string, unknown>> {
  const found = json[field];
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
}

async function request(connection: Connection, message: Message, deadlineMs: number): Promise<Answer> {
  const deadline = performance.now() + deadlineMs;
  let cause: unknown;
  for (let tries = 0; ; tries += 1) {
    const leftMs = deadline - performance.now();
    // Only while connected: the client would keep the request and send it long after we gave up.
    if (leftMs <= 0 || !(await connection.whenConnected(leftMs))) throw cause ? fromClientError(cause) : unavailable();
    try {
      const answer = toAnswer(await attempt(connection, message, Math.max(1, Math.min(ATTEMPT_MS, leftMs))));
      if (answer.kind === "ok" || answer.status < 500 || answer.code === API_ERROR.deleteFailed) return answer;
      cause = fromApiError(answer);
    } catch (error) {
      if (!isTemporary(error)) throw fromClientError(error);
      cause = error;
    }
    await pause(Math.min(backoffMs(tries), Math.max(0, deadline - performance.now())));
  }
}

function attempt(connection: Connection, { subject, payload, headers }: Message, timeout: number): Promise<Msg> {
  return connection.nats.request(subject, payload, { timeout, headers: toHeaders(headers) });
}

function toAnswer(reply: Msg): Answer {
  const text = reply.string();
  if (text === "") return { kind: "ok", json: {} };
  const json = JSON.parse(text) as Record<string, unknown>;
  if (json.error === undefined) return { kind: "ok", json };
  const error = objectIn(json, "error");
  return {
    kind: "error",
    status: numberIn(error, "code"),
    code: numberIn(error, "err_code"),
    description: String(error.description ?? "no reason given"),
  };
}
