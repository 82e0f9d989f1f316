import { chatOf, hashKeysSchema } from "@skytide/events";
import { expect, test } from "vitest";
import { treatmentOf } from "../../src/brief/treatment.ts";

const keys = hashKeysSchema.parse("k1:a-secret-for-tests-only");
const chats = Array.from({ length: 2_000 }, (_, n) => chatOf(keys, "org", "whatsapp", `customer-${n}`));
const settings = { chatModel: "gpt-a", promptVersion: "v1", rollout: null, draftMode: false };
const shareOf = (percent: number) =>
  chats.filter((chat) => treatmentOf({ ...settings, rollout: { percent, prompt: "v2" } }, chat).share === "rollout");

test("without a rollout everybody gets what the organization chose", () => {
  expect(treatmentOf(settings, "k1_x")).toEqual({ share: "main", prompt: "v1", model: "gpt-a", draft: false });
});

test("a rollout gives its share of the conversations what it names, and the organization's choice for the rest", () => {
  const rollout = { percent: 100, model: "gpt-b", draft: true };
  expect(treatmentOf({ ...settings, rollout }, "k1_x")).toEqual({
    share: "rollout",
    prompt: "v1",
    model: "gpt-b",
    draft: true,
  });
});

test("the share is about the percentage, none of it at 0 and all of it at 100", () => {
  expect(shareOf(0)).toHaveLength(0);
  expect(shareOf(100)).toHaveLength(chats.length);
  expect(shareOf(10).length).toBeGreaterThan(140);
  expect(shareOf(10).length).toBeLessThan(260);
});

test("a conversation in the share stays in it while the percentage grows", () => {
  const [small, large] = [new Set(shareOf(10)), new Set(shareOf(30))];
  expect([...small].filter((chat) => !large.has(chat))).toEqual([]);
});

test("an organization in draft mode drafts for everybody, whatever its rollout says", () => {
  expect(treatmentOf({ ...settings, draftMode: true, rollout: { percent: 100, draft: false } }, "k1_x").draft).toBe(
    true,
  );
});
