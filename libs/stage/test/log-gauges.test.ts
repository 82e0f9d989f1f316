import { deadLetterSubject } from "@skytide/events";
import { createLogger, createMetrics } from "@skytide/telemetry";
import { messageReceived, newConversation, test } from "@skytide/testing";
import { expect } from "vitest";
import { createLogGauges } from "../src/log-gauges.ts";

test("a stage shows how far its own consumers are, how full their streams, and its dead letters", async ({ bus }) => {
  const metrics = createMetrics({ version: "test", processMetrics: false });
  const gauges = createLogGauges({
    ...{ stage: "media", bus, metrics, clock: () => new Date(Date.now() + 60_000) },
    log: createLogger({ service: "test", stage: "media", version: "test", level: "silent" }),
    consumers: () => [{ stream: "CONVERSATIONS", durable: "media" }],
  });
  const conversation = newConversation();
  for (let index = 0; index < 3; index += 1) await bus.publish(messageReceived(conversation));
  const subject = deadLetterSubject("media", conversation.organizationId, conversation.chat);
  await bus.publishDeadLetter(subject, {}, crypto.randomUUID());
  await gauges.readAll();
  const shown = async () => (await metrics.exposition()).body;
  const before = await shown();
  expect(before).toContain('skytide_jetstream_consumer_pending{stream="CONVERSATIONS",consumer="media"} 3');
  expect(before).toMatch(
    /skytide_jetstream_consumer_oldest_age_seconds\{stream="CONVERSATIONS",consumer="media"\} 6\d/,
  );
  expect(before).toContain('skytide_jetstream_stream_messages{stream="CONVERSATIONS"} 3');
  expect(before).toMatch(/skytide_jetstream_stream_max_bytes\{stream="CONVERSATIONS"\} [1-9]/);
  expect(before).toContain('skytide_dead_letters{stage="media"} 1');
  expect(before).not.toContain('consumer="recorder"');

  const consumer = bus.consume({ stream: "CONVERSATIONS", durable: "media", prefetch: 1 });
  let settled = 0;
  for await (const message of consumer) {
    await message.ack();
    settled += 1;
    if (settled === 3) break;
  }
  await consumer.stop();
  await gauges.readAll();
  const after = await shown();
  expect(after).toContain('skytide_jetstream_consumer_pending{stream="CONVERSATIONS",consumer="media"} 0');
  expect(after).toContain('skytide_jetstream_consumer_oldest_age_seconds{stream="CONVERSATIONS",consumer="media"} 0');
  expect(after).toContain('skytide_jetstream_consumer_delivered_sequence{stream="CONVERSATIONS",consumer="media"} 3');
});
