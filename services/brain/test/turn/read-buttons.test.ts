import { hashKeysSchema, readButton, signButton } from "@skytide/events";
import { expect, test } from "vitest";
import { withButtonsRead } from "../../src/turn/read-buttons.ts";

const keys = hashKeysSchema.parse("b1:0123456789abcdef");
const mine = { organizationId: crypto.randomUUID(), chat: "k1_AAAAAAAAAAAAAAAAAAAAAA" };
const others = { ...mine, chat: "k1_BBBBBBBBBBBBBBBBBBBBBB" };
const appointmentId = "3f2b8c1e-0000-4000-8000-00000000abcd";
const button = { action: "cancel", appointmentId, startsAt: new Date("2026-11-24T15:00:00Z") } as const;

const read = (tapPayload: string | undefined) => {
  const tap = { id: "m", kind: "tap" as const, text: "Cancelar", ...(tapPayload === undefined ? {} : { tapPayload }) };
  const said = withButtonsRead({ text: "Cancelar", messages: [tap], at: "" }, (one) => readButton(keys, mine, one));
  return said.messages[0]?.button;
};

test("a reminder's button says what it stands for; another customer's, and a forged one, that they are none", () => {
  expect(read(signButton(keys, mine, button))).toEqual({ ...button, startsAt: "2026-11-24T15:00:00.000Z" });
  expect(read(signButton(keys, others, button))).toBe("invalid");
  expect(read(signButton(keys, mine, button).replace(".x.", ".c."))).toBe("invalid");
});

test("the agent's own buttons and taps without a payload are left alone", () => {
  expect(read("yes:proposal")).toBeUndefined();
  expect(read(undefined)).toBeUndefined();
});
