import type { BusMessage } from "@skytide/bus";
import { expect, test } from "vitest";
import { createHeldMessages } from "../src/held-messages.ts";

function roomOf(...names: string[]) {
  const held = createHeldMessages();
  const renewed: string[] = [];
  for (const name of names) {
    const message = { subject: name, working: () => void renewed.push(name) } as unknown as BusMessage;
    held.push({ message, organizationId: name.charAt(0), decide: () => {} });
  }
  return { held, renewed };
}

const anybody = () => true;

test("organizations take turns, and each one's messages keep their order", () => {
  const { held } = roomOf("a1", "a2", "a3", "b1", "c1");
  const taken = Array.from({ length: 5 }, () => held.next(anybody)?.message.subject);
  expect(taken).toEqual(["a1", "b1", "c1", "a2", "a3"]);
  expect(held.next(anybody)).toBeUndefined();
});

test("who has no place is passed over and keeps its turn", () => {
  const { held } = roomOf("a1", "b1", "b2");
  expect(held.next((organizationId) => organizationId !== "a")?.message.subject).toBe("b1");
  expect(held.next(anybody)?.message.subject).toBe("a1");
  expect(held.size).toBe(1);
});

test("everything that waits is renewed, and can be taken out at once", () => {
  const { held, renewed } = roomOf("a1", "b1", "a2");
  held.renew();
  expect(renewed.toSorted()).toEqual(["a1", "a2", "b1"]);
  expect(held.drain()).toHaveLength(3);
  held.renew();
  expect(renewed).toHaveLength(3);
});
