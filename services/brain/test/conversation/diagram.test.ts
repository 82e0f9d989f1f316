import { expect, test } from "vitest";
import { conversationPage, leafNodes } from "./diagram.ts";

test("docs/conversation.md shows the machine as it is", async () => {
  await expect(conversationPage()).toMatchFileSnapshot("../../../../docs/conversation.md");
});

test("every state either waits for somebody or has a tool at work", () => {
  for (const { tags, invoke } of leafNodes()) expect(tags.includes("wait") !== invoke.length > 0).toBe(true);
});
