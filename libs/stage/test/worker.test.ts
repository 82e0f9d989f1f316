import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import { conversationSubject, operationsSubject, organizationMisconfiguredSchema, retrySubject } from "@skytide/events";
import { test } from "@skytide/testing";
import { expect, vi } from "vitest";
import type { WorkMessage } from "../src/index.ts";
import {
  customerMessage,
  deadLetterOf,
  metricOf,
  newConversation,
  openTestStage,
  publishUnchecked,
  startWorker,
} from "./open-test-stage.ts";

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

test("a message reaches the handler once, with its event and its owner, and is settled", async ({ nats, bus }) => {
  const conversation = newConversation();
  const seen: WorkMessage[] = [];
  const stage = await openTestStage(nats.url, async (context) => {
    startWorker(context, { handler: async (message) => void seen.push(message) });
  });
  const event = customerMessage(conversation);
  const { sequence } = await bus.publish(event);
  await until(() => expect(seen).toHaveLength(1));
  expect(seen[0]).toMatchObject({
    ...conversation,
    sequence,
    redelivered: 0,
    replay: false,
    event,
    subject: event.subject,
  });
  await until(async () => expect((await bus.consumerInfo("CONVERSATIONS", "media")).ackPending).toBe(0));
  expect(await metricOf(stage, 'skytide_messages_received_total{stage="media",redelivery="false"}')).toBe(1);
  expect(await metricOf(stage, 'skytide_messages_processed_total{stage="media",outcome="ok"}')).toBe(1);
  expect(await metricOf(stage, 'skytide_handler_duration_seconds_count{stage="media"}')).toBe(1);
  expect(await metricOf(stage, 'skytide_queue_wait_seconds_count{stage="media"}')).toBe(1);
  expect(await metricOf(stage, 'skytide_concurrency_limit{stage="media"}')).toBe(4);
  expect(await metricOf(stage, 'skytide_inflight{stage="media"}')).toBe(0);
});

test("the same message published twice is handled once, and a handler's outcome is counted", async ({ nats, bus }) => {
  const conversation = newConversation();
  const texts: string[] = [];
  const stage = await openTestStage(nats.url, async (context) => {
    startWorker(context, {
      handler: async ({ event }) => {
        texts.push(event?.id ?? "");
        return "skipped";
      },
    });
  });
  const event = customerMessage(conversation);
  const last = customerMessage(conversation);
  await bus.publish(event);
  expect(await bus.publish(event)).toMatchObject({ duplicate: true });
  await bus.publish(last);
  await until(() => expect(texts).toContain(last.id));
  expect(texts).toEqual([event.id, last.id]);
  await until(async () =>
    expect(await metricOf(stage, 'skytide_messages_processed_total{stage="media",outcome="skipped"}')).toBe(2),
  );
});

test("a retryable error brings the message back until it succeeds", async ({ nats, bus }) => {
  const conversation = newConversation();
  const redelivered: number[] = [];
  const stage = await openTestStage(nats.url, async (context) => {
    startWorker(context, {
      handler: async (message) => {
        redelivered.push(message.redelivered);
        if (redelivered.length < 8) throw new RetryableError("model-timeout", "no answer in time");
      },
    });
  });
  await bus.publish(customerMessage(conversation));
  await until(() => expect(redelivered).toEqual([0, 1, 2, 3, 4, 5, 6, 7]));
  await until(async () =>
    expect(await metricOf(stage, 'skytide_messages_processed_total{stage="media",outcome="ok"}')).toBe(1),
  );
  expect(await metricOf(stage, 'skytide_messages_processed_total{stage="media",outcome="retried"}')).toBe(7);
  expect(await metricOf(stage, 'skytide_message_failures_total{stage="media",reason="timeout"}')).toBe(7);
});

test("a retryable error past the deadline is given up: told to onGiveUp, then a dead letter", async ({ nats, bus }) => {
  const conversation = newConversation();
  const givenUp: unknown[] = [];
  await openTestStage(nats.url, async (context) => {
    startWorker(context, {
      deadlineMs: 300,
      handler: async () => {
        throw new RetryableError("model-timeout", "no answer in time");
      },
      onGiveUp: async (_message, error) => void givenUp.push(error),
    });
  });
  const event = customerMessage(conversation);
  const { sequence } = await bus.publish(event);
  expect(await deadLetterOf(bus, conversation)).toMatchObject({
    stage: "media",
    durable: "media",
    stream: "CONVERSATIONS",
    subject: event.subject,
    sequence,
    eventId: event.id,
    eventType: "message.received",
    errorClass: "retryable",
    code: "model-timeout",
    replay: false,
  });
  expect(givenUp).toEqual([expect.any(RetryableError)]);
});

test("a give-up that fails is repeated before anything is put aside", async ({ nats, bus }) => {
  const conversation = newConversation();
  let givingUp = 0;
  await openTestStage(nats.url, async (context) => {
    startWorker(context, {
      handler: async () => {
        throw new PermanentError("too-large", "the file is too large");
      },
      onGiveUp: async () => {
        givingUp += 1;
        if (givingUp < 3) throw new RetryableError("publish-failed", "the log does not answer");
      },
    });
  });
  await bus.publish(customerMessage(conversation));
  expect(await deadLetterOf(bus, conversation)).toMatchObject({ errorClass: "permanent", attempts: 3 });
  expect(givingUp).toBe(3);
});

test("a permanent error is a dead letter at once, readable and without a word of the customer", async ({
  nats,
  bus,
}) => {
  const conversation = newConversation();
  let attempts = 0;
  await openTestStage(nats.url, async (context) => {
    startWorker(context, {
      handler: async () => {
        attempts += 1;
        throw new PermanentError("too-large", "the file is too large");
      },
    });
  });
  await bus.publish(customerMessage(conversation, "mi secreto"));
  const letter = await deadLetterOf(bus, conversation);
  expect(letter).toMatchObject({ ...conversation, errorClass: "permanent", code: "too-large", attempts: 1 });
  expect(JSON.stringify(letter)).not.toMatch(/secreto|Laura|573001110001/);
  await until(async () => expect((await bus.consumerInfo("CONVERSATIONS", "media")).ackPending).toBe(0));
  expect(attempts).toBe(1);
});

test("an event that nobody can read is a dead letter without reaching the handler", async ({ nats, bus }) => {
  const conversation = newConversation();
  const handled: number[] = [];
  await openTestStage(nats.url, async (context) => {
    startWorker(context, { handler: async () => void handled.push(1) });
  });
  const subject = conversationSubject(conversation.organizationId, conversation.chat, "inbound");
  await publishUnchecked(nats.url, subject, '{"type":"message.received","data":{"phone":"573001110001"}}');
  expect(await deadLetterOf(bus, conversation)).toMatchObject({
    errorClass: "permanent",
    code: "invalid-event",
    subject,
  });
  const other = newConversation();
  await publishUnchecked(nats.url, conversationSubject(other.organizationId, other.chat, "inbound"), "not json");
  expect(await deadLetterOf(bus, other)).toMatchObject({ errorClass: "permanent", code: "malformed-json" });
  expect(handled).toEqual([]);
});

test("an event on another organization's subject reaches no handler and is counted", async ({ nats, bus }) => {
  const [owner, other] = [newConversation(), newConversation()];
  const handled: number[] = [];
  const stage = await openTestStage(nats.url, async (context) => {
    startWorker(context, { handler: async () => void handled.push(1) });
  });
  const subject = conversationSubject(other.organizationId, other.chat, "inbound");
  await publishUnchecked(nats.url, subject, JSON.stringify(customerMessage(owner)));
  expect(await deadLetterOf(bus, other)).toMatchObject({ errorClass: "permanent", code: "foreign-event" });
  expect(await metricOf(stage, 'skytide_invariant_violations_total{invariant="cross_tenant"}')).toBe(1);
  expect(handled).toEqual([]);
});

test("an unexpected error is tried five times, then it is a dead letter", async ({ nats, bus }) => {
  const conversation = newConversation();
  let attempts = 0;
  const stage = await openTestStage(nats.url, async (context) => {
    startWorker(context, {
      handler: async () => {
        attempts += 1;
        throw new TypeError("x is not a function");
      },
    });
  });
  await bus.publish(customerMessage(conversation));
  expect(await deadLetterOf(bus, conversation)).toMatchObject({
    errorClass: "unexpected",
    code: "unexpected",
    attempts: 5,
  });
  expect(attempts).toBe(5);
  expect(await metricOf(stage, 'skytide_message_failures_total{stage="media",reason="bug"}')).toBe(5);
});

test("an organization's misconfiguration is said once, shown while it lasts, and its messages are dead letters", async ({
  nats,
  bus,
}) => {
  const conversation = newConversation();
  const { organizationId } = conversation;
  let broken = true;
  const stage = await openTestStage(nats.url, async (context) => {
    startWorker(context, {
      handler: async () => {
        if (broken)
          throw new TenantConfigError("bad-api-key", "Gupshup refused the key", { organizationId, setting: "api_key" });
      },
    });
  });
  const blocked = `skytide_org_blocked{org="${organizationId}",reason="bad_credentials"}`;
  await bus.publish(customerMessage(conversation));
  const first = await deadLetterOf(bus, conversation);
  expect(first).toMatchObject({ errorClass: "tenant", code: "bad-api-key" });
  const said = await bus.lastSequence(operationsSubject(organizationId, "misconfigured"));
  const event = organizationMisconfiguredSchema.parse((await bus.readMessage("OPERATIONS", said))?.json());
  expect(event).toMatchObject({
    org: organizationId,
    data: { stage: "media", code: "bad-api-key", setting: "api_key" },
  });
  expect(await metricOf(stage, blocked)).toBe(1);

  await bus.publish(customerMessage(conversation));
  await deadLetterOf(bus, conversation, first.at);
  expect(await bus.lastSequence(operationsSubject(organizationId, "misconfigured"))).toBe(said);

  broken = false;
  await bus.publish(customerMessage(conversation));
  await until(async () => expect(await metricOf(stage, blocked)).toBeNaN());
});

test("a dead letter that is given back is read off the log and handled by the worker that gave up", async ({
  nats,
  bus,
}) => {
  const conversation = newConversation();
  const seen: WorkMessage[] = [];
  await openTestStage(nats.url, async (context) => {
    startWorker(context, {
      retryDurable: true,
      handler: async (message) => {
        seen.push(message);
        if (!message.replay) throw new PermanentError("too-large", "the file is too large");
      },
    });
  });
  const event = customerMessage(conversation);
  const { sequence } = await bus.publish(event);
  const { at: _at, ...letter } = await deadLetterOf(bus, conversation);
  await bus.publishDeadLetter(
    retrySubject("media", conversation.organizationId, conversation.chat),
    letter,
    `retry-${event.id}`,
  );
  await until(() => expect(seen).toHaveLength(2));
  expect(seen[1]).toMatchObject({ ...conversation, replay: true, sequence, event, subject: event.subject });
  await until(async () => expect((await bus.consumerInfo("DEADLETTERS", "retry-media")).ackPending).toBe(0));
});

test("a replay that fails again is a dead letter that names the same original", async ({ nats, bus }) => {
  const conversation = newConversation();
  await openTestStage(nats.url, async (context) => {
    startWorker(context, {
      retryDurable: true,
      handler: async () => {
        throw new PermanentError("too-large", "the file is too large");
      },
    });
  });
  const event = customerMessage(conversation);
  const { sequence } = await bus.publish(event);
  const { at, ...letter } = await deadLetterOf(bus, conversation);
  await bus.publishDeadLetter(
    retrySubject("media", conversation.organizationId, conversation.chat),
    letter,
    `retry-${event.id}`,
  );
  const again = await deadLetterOf(bus, conversation, at);
  expect(again).toMatchObject({
    durable: "media",
    stream: "CONVERSATIONS",
    sequence,
    subject: event.subject,
    replay: true,
  });
});

test("a message in hand is not given to another worker while its handler runs", { timeout: 40_000 }, async ({
  nats,
  bus,
}) => {
  const conversation = newConversation();
  const deliveries: number[] = [];
  const finish = Promise.withResolvers<void>();
  await openTestStage(nats.url, async (context) => {
    startWorker(context, {
      handler: async (message) => {
        deliveries.push(message.redelivered);
        await finish.promise;
      },
    });
  });
  const started = Date.now();
  await bus.publish(customerMessage(conversation));
  // Longer than the server waits for a silent worker (12 s).
  await vi.waitFor(() => expect(Date.now() - started).toBeGreaterThan(13_000), { timeout: 20_000, interval: 100 });
  finish.resolve();
  await until(async () => expect((await bus.consumerInfo("CONVERSATIONS", "media")).ackPending).toBe(0));
  expect(deliveries).toEqual([0]);
});

test("stopping in the middle of a message finishes it; what was not started goes to another worker at once", async ({
  nats,
  bus,
}) => {
  const conversation = newConversation();
  const finish = Promise.withResolvers<void>();
  const first: string[] = [];
  const stage = await openTestStage(nats.url, async (context) => {
    startWorker(context, {
      concurrency: 1,
      handler: async ({ event }) => {
        first.push(event?.id ?? "");
        await finish.promise;
      },
    });
  });
  const events = [customerMessage(conversation), customerMessage(conversation), customerMessage(conversation)];
  for (const event of events) await bus.publish(event);
  await until(() => expect(first).toEqual([events[0]?.id]));
  const stopping = stage.stop();
  const second: string[] = [];
  await openTestStage(nats.url, async (context) => {
    startWorker(context, { handler: async ({ event }) => void second.push(event?.id ?? "") });
  });
  await vi.waitFor(() => expect(second.toSorted()).toEqual([events[1]?.id, events[2]?.id].toSorted()), {
    timeout: 5_000,
  });
  finish.resolve();
  expect(await stopping).toEqual({ inTime: true });
  expect(first).toEqual([events[0]?.id]);
});

test("at the drain deadline what still runs is interrupted and given back", async ({ nats, bus }) => {
  const conversation = newConversation();
  const started = Promise.withResolvers<void>();
  const stage = await openTestStage(
    nats.url,
    async (context) => {
      startWorker(context, {
        handler: async ({ signal }) => {
          started.resolve();
          await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        },
      });
    },
    { DRAIN_MS: "100" },
  );
  await bus.publish(customerMessage(conversation));
  await started.promise;
  expect(await stage.stop()).toEqual({ inTime: false });
  const redelivered: number[] = [];
  await openTestStage(nats.url, async (context) => {
    startWorker(context, { handler: async (message) => void redelivered.push(message.redelivered) });
  });
  await vi.waitFor(() => expect(redelivered).toEqual([1]), { timeout: 5_000 });
});
