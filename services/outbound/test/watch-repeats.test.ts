import { expect, test } from "vitest";
import { createRepeatWatch } from "../src/watch-repeats.ts";

const repeat = { organizationId: "o", chat: "c", since: "2026-11-22T10:00:00.000Z" };

function watching(receipts: (string | null)[]) {
  let [twice, asked, nowMs] = [0, 0, 0];
  const watch = createRepeatWatch({
    sends: {
      findUnmatchedReceipt: async () => {
        asked += 1;
        const id = receipts.shift() ?? null;
        return id === null ? null : { providerMessageId: id };
      },
    },
    now: () => new Date(nowMs),
    onTwice: () => {
      twice += 1;
    },
  });
  watch.add(repeat);
  return { look: watch.look, pass: (ms: number) => (nowMs += ms), facts: () => ({ twice, asked }) };
}

test("a receipt that stays nobody's says that a message sent again had arrived before; once, then it is watched no longer", async () => {
  const { look, facts } = watching([null, "m1", "m1", "m1"]);
  for (let time = 0; time < 4; time += 1) await look();
  expect(facts()).toEqual({ twice: 1, asked: 3 });
});

test("a receipt that is nobody's for a moment says nothing: its send was just being settled", async () => {
  const { look, facts } = watching(["m2", null, null]);
  for (let time = 0; time < 3; time += 1) await look();
  expect(facts()).toEqual({ twice: 0, asked: 3 });
});

test("half an hour later nobody asks any more", async () => {
  const { look, pass, facts } = watching([]);
  pass(31 * 60_000);
  await look();
  await look();
  expect(facts()).toEqual({ twice: 0, asked: 1 });
});
