import { PermanentError, RetryableError } from "@skytide/errors";
import { expect, test } from "vitest";
import { createLogger, type LogFields } from "../src/index.ts";

const PHONE = "573001112233";
const NAME = "Marta Pineda";
const TEXT = "quiero una cita mañana";
const ORGANIZATION = "a0000000-0000-4000-8000-000000000001";
const CHAT = "v1_AAAAAAAAAAAAAAAAAAAAAA";

function logging() {
  const lines: string[] = [];
  const log = createLogger({
    service: "skytide-brain",
    stage: "brain",
    version: "1.2.3",
    level: "debug",
    destination: { write: (line) => void lines.push(line) },
  });
  return { log, lines, text: () => lines.join(""), last: () => JSON.parse(lines.at(-1) ?? "{}") };
}

test("a line has service, stage, version, level, time, event and the given fields under their names", () => {
  const { log, last } = logging();
  log.event("turn-completed", {
    org: ORGANIZATION,
    conversation: CHAT,
    messageId: "v1_BBBBBBBBBBBBBBBBBBBBBB",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    durationMs: 12.5,
    outcome: "replied",
    redelivery: false,
  });
  expect(last()).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    service: "skytide-brain",
    stage: "brain",
    version: "1.2.3",
    event: "turn-completed",
    org: ORGANIZATION,
    conversation: CHAT,
    message_id: "v1_BBBBBBBBBBBBBBBBBBBBBB",
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    duration_ms: 12.5,
    outcome: "replied",
    redelivery: false,
  });
});

test("a field that is not on the list is left out", () => {
  const { log, last, text } = logging();
  log.event("odd", { phone: PHONE, text: TEXT, customer: { name: NAME }, __proto__: { name: NAME } } as LogFields);
  expect(Object.keys(last())).toEqual(["level", "time", "service", "stage", "version", "event"]);
  expect(text()).not.toContain(PHONE);
});

test("a phone, a name or a text in a listed field is replaced", () => {
  const { log, last, text } = logging();
  log.event("odd", {
    org: PHONE,
    conversation: PHONE,
    messageId: `wamid.${PHONE}`,
    outcome: TEXT,
    code: `c-${PHONE}`,
    name: NAME,
    traceId: TEXT,
    count: PHONE as unknown as number,
  });
  for (const planted of [PHONE, NAME, TEXT]) expect(text()).not.toContain(planted);
  expect(last()).toMatchObject({
    org: "[removed]",
    conversation: "[removed]",
    message_id: "[removed]",
    count: "[removed]",
  });
});

test.each(["_4f-P82AbSuVfY0TC77BA0tg123", "a12345678AbSuVfY0TC77BA0tg-", ORGANIZATION, CHAT])(
  "the id %s of ours is kept",
  (id) => {
    const { log, last } = logging();
    log.event("seen", { messageId: id });
    expect(last().message_id).toBe(id);
  },
);

test("an event name that is a sentence is refused at run time too", () => {
  const { log, text } = logging();
  log.event(`hello ${NAME}` as "hello");
  expect(text()).not.toContain(NAME);
  expect(text()).toContain("invalid-event-name");
});

test("an error of another library leaves its type, code, status and frames, and not a word of it", () => {
  const { log, last, text } = logging();
  const error = Object.assign(new Error(`no contact ${NAME}\n    at ${TEXT} (/etc/${PHONE}.ts:1:1)`), {
    code: "ECONNRESET",
    status: 502,
    response: { body: TEXT, phone: PHONE },
    config: { url: `https://x/${PHONE}` },
  });
  log.error("call-failed", error);
  for (const planted of [PHONE, NAME, TEXT]) expect(text()).not.toContain(planted);
  expect(last().err).toEqual({
    type: "Error",
    code: "ECONNRESET",
    status: 502,
    stack: expect.stringContaining("logger.test.ts"),
  });
});

test("an error of ours keeps its message, with digits that could be a phone masked, and the safe part of its cause", () => {
  const { log, last, text } = logging();
  const cause = new TypeError(`fetch failed for ${PHONE}`);
  log.error("send-failed", new RetryableError("gupshup-timeout", `no answer for ${PHONE}`, { cause }));
  expect(last().err).toMatchObject({
    type: "RetryableError",
    code: "gupshup-timeout",
    message: "no answer for [digits]",
    cause: { type: "TypeError" },
  });
  expect(text()).not.toContain(PHONE);
  log.error("send-failed", new PermanentError(`code ${NAME}`, "refused"));
  expect(text()).not.toContain(NAME);
});

test("what is thrown and is no error leaves only its type", () => {
  const { log, last } = logging();
  log.error("odd", `thrown ${NAME}`);
  expect(last().err).toEqual({ type: "string" });
  log.error("odd", null);
  expect(last().err).toEqual({ type: "null" });
});

test("a renamed error class cannot carry words", () => {
  const { log, text } = logging();
  const error = new Error("x");
  error.name = `${NAME} ${TEXT}`;
  log.error("odd", error);
  expect(text()).not.toContain(NAME);
});

test("a logger with fields puts them on every line and can be overridden", () => {
  const { log, last } = logging();
  const own = log.with({ org: ORGANIZATION, attempt: 1 });
  own.warn("retried", { attempt: 2 });
  expect(last()).toMatchObject({ level: "warn", event: "retried", org: ORGANIZATION, attempt: 2 });
});

test("lines below the level are not written", () => {
  const lines: string[] = [];
  const log = createLogger({
    service: "s",
    stage: "s",
    version: "0",
    level: "warn",
    destination: { write: (line) => void lines.push(line) },
  });
  log.event("quiet");
  log.debug("quiet");
  log.warn("loud");
  expect(lines).toHaveLength(1);
});
