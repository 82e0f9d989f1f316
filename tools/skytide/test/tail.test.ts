import { messageReceived, newConversation, replyRequested, test } from "@skytide/testing";
import { expect } from "vitest";
import { skytide } from "./cli.ts";

test("tail prints what is asked for, without what anybody wrote", async ({ nats, bus }) => {
  const conversation = newConversation();
  const { sequence } = await bus.publish(messageReceived(conversation, "Soy Laura, quiero una cita"));
  await bus.publish(replyRequested(conversation, "¡Hola, Laura!"));
  const env = { NATS_URL: nats.url };
  const all = await skytide(env, "tail", "--org", conversation.organizationId, "--end");
  expect(all.out.split("\n")).toHaveLength(2);
  expect(all.out).toContain("message.received");
  expect(all.out).toContain(conversation.chat);
  expect(all.out).not.toMatch(/Laura|57300/);

  const lane = await skytide(env, "tail", "--chat", conversation.chat, "--end", "--lane", "inbound", "--json");
  expect(JSON.parse(lane.out)).toMatchObject({
    sequence,
    type: "message.received",
    data: { content: { text: "[hidden]" } },
  });
  const type = await skytide(
    env,
    "tail",
    "--chat",
    conversation.chat,
    "--end",
    "--type",
    "reply.requested",
    "--rate",
    "1000",
  );
  expect(type.out).toContain("reply.requested");
  expect(type.out).not.toContain("message.received");
  const later = await skytide(
    env,
    "tail",
    "--chat",
    conversation.chat,
    "--end",
    "--from-sequence",
    String(sequence + 1),
    "--json",
  );
  expect(JSON.parse(later.out).type).toBe("reply.requested");
  expect((await skytide(env, "tail", "--chat", conversation.chat, "--end", "--since", "1h")).out).not.toBe("");
});

test("content is shown only when asked for, and that is recorded", async ({ nats, bus }) => {
  const conversation = newConversation();
  await bus.publish(messageReceived(conversation, "Soy Laura"));
  const env = { NATS_URL: nats.url };
  const shown = await skytide(env, "tail", "--org", conversation.organizationId, "--end", "--show-content");
  expect(shown.out).toContain("Soy Laura");
  const last = await bus.lastSequence(`ops.${conversation.organizationId}.audit`);
  expect((await bus.readMessage("OPERATIONS", last))?.json()).toMatchObject({
    data: { operator: "tester", action: "tail.show-content" },
  });
});

test("the private lane cannot be followed, and a wildcard is no organization", async () => {
  expect(await skytide({}, "tail", "--lane", "state")).toMatchObject({ code: 2 });
  expect(await skytide({}, "tail", "--org", "*.>")).toMatchObject({ code: 2, notes: expect.stringContaining("--org") });
});
