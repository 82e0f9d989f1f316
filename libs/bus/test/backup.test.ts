import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNatsServer } from "@skytide/embedded";
import { test } from "@skytide/testing";
import { messageReceived, newConversation } from "@skytide/testing/builders";
import { expect, onTestFinished } from "vitest";
import { backupStream, connectBus, restoreStream, skipSequences } from "../src/index.ts";

test("a stream comes back with its sequences, its creation time and what its consumers had read; then it goes on behind a number", async ({
  bus,
}) => {
  const folder = await mkdtemp(join(tmpdir(), "skytide-backup-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const conversation = newConversation();
  for (let count = 0; count < 5; count += 1) await bus.publish(messageReceived(conversation));
  const consumer = bus.consume({ stream: "CONVERSATIONS", durable: "media", prefetch: 1 });
  for await (const message of consumer) {
    await message.ack();
    if (message.sequence >= 3) break;
  }
  await consumer.stop();
  const before = await bus.streamInfo("CONVERSATIONS");
  const kept = await backupStream(bus, "CONVERSATIONS", join(folder, "CONVERSATIONS"));
  expect(kept).toMatchObject({ messages: before.messages, lastSequence: before.lastSequence });
  // What came after the backup is lost.
  await bus.publish(messageReceived(conversation));
  await expect(restoreStream(bus, join(folder, "CONVERSATIONS"))).rejects.toThrow(/already|in use/);

  const other = await startNatsServer({ dataDir: join(folder, "other"), port: "free", monitorPort: "free" });
  onTestFinished(() => other.stop());
  const restored = await connectBus({ servers: other.url, name: "test" });
  onTestFinished(() => restored.drain());
  await restoreStream(restored, join(folder, "CONVERSATIONS"));
  expect(await restored.streamInfo("CONVERSATIONS")).toEqual({ ...before, readAt: expect.any(Date) });
  expect((await restored.consumerInfo("CONVERSATIONS", "media")).ackFloor).toBeGreaterThanOrEqual(3);
  expect((await restored.readConversation(conversation)).inbound).toHaveLength(5);

  const past = before.lastSequence + 700;
  expect(await skipSequences(restored, past)).toEqual({ skipped: 700 });
  const { sequence } = await restored.publish(messageReceived(conversation));
  expect(sequence).toBe(past + 1);
  expect(await restored.countMessages("CONVERSATIONS", "conv.restore.>")).toBe(0);
});
