import { describe, expect, test } from "vitest";
import {
  type HashKeys,
  hashKeysSchema,
  isReminderPayload,
  REMINDER_ACTIONS,
  readButton,
  signButton,
} from "../src/index.ts";

const keys = hashKeysSchema.parse("b1:0123456789abcdef");
const conversation = { organizationId: crypto.randomUUID(), chat: "k1_AAAAAAAAAAAAAAAAAAAAAA" };
const button = {
  action: "confirm",
  appointmentId: "3f2b8c1e-0000-4000-8000-00000000abcd",
  startsAt: new Date("2026-11-24T15:00:00Z"),
} as const;
const payload = signButton(keys, conversation, button);

describe("a reminder's button", () => {
  test.each(REMINDER_ACTIONS)("carries what it stands for: %s", (action) => {
    expect(readButton(keys, conversation, signButton(keys, conversation, { ...button, action }))).toEqual({
      ...button,
      action,
    });
  });

  test("fits into what WhatsApp lets a button carry, and is known as a reminder's by its beginning", () => {
    expect(payload.length).toBeLessThan(128);
    expect(isReminderPayload(payload)).toBe(true);
    expect(isReminderPayload("yes:abc")).toBe(false);
  });

  test("reveals neither organization nor conversation", () => {
    expect(payload).not.toContain(conversation.chat.slice(3));
    expect(payload).not.toContain(conversation.organizationId.slice(0, 8));
  });

  test("means nothing in another conversation, nor in another organization", () => {
    const other = { ...conversation, chat: "k1_BBBBBBBBBBBBBBBBBBBBBB" };
    expect(readButton(keys, other, payload)).toBeNull();
    expect(readButton(keys, { ...conversation, organizationId: crypto.randomUUID() }, payload)).toBeNull();
  });

  test("means nothing with any letter changed", () => {
    for (let index = 0; index < payload.length; index += 1) {
      const letter = payload[index] === "a" ? "b" : "a";
      const forged = payload.slice(0, index) + letter + payload.slice(index + 1);
      expect(readButton(keys, conversation, forged), String(index)).toBeNull();
    }
  });

  test.each(["", "reminder.", "reminder.b1.c", `${payload}x`, payload.toUpperCase(), "reminder.b1.c.…"])(
    "is not read from %j",
    (text) => {
      expect(readButton(keys, conversation, text)).toBeNull();
    },
  );

  test("outlives a change of keys while the old one is listed, and not after", () => {
    const newKey: HashKeys = { keys: [{ version: "b2", secret: "fedcba9876543210" }] };
    const both: HashKeys = { keys: [...newKey.keys, ...keys.keys] };
    expect(readButton(both, conversation, payload)).toEqual(button);
    expect(signButton(both, conversation, button)).toMatch(/^reminder\.b2\./);
    expect(readButton(newKey, conversation, payload)).toBeNull();
  });
});
