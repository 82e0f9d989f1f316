import { test as base, checkEvents } from "@skytide/testing";
import { describe, expect } from "vitest";
import { NODES } from "../src/conversation/index.ts";
import { play, readDialogues } from "./dialogues/play.ts";
import { openRoom } from "./dialogues/room.ts";

/** A file of dialogues for each node, and one for what organizations decide. */
const FILES = await Promise.all(
  [...NODES, "organization"].map(async (node) => ({ node, dialogues: await readDialogues(node) })),
);

const test = base.extend("room", { scope: "file" }, async ({ bus, database, simulators }, { onCleanup }) => {
  const room = await openRoom({ bus, database, simulators });
  onCleanup(() => room.close());
  return room;
});

describe.each(FILES)("$node", ({ dialogues }) => {
  for (const dialogue of dialogues) {
    test(dialogue.title, async ({ room }) => {
      await room.database.sql("delete from public.appointments");
      await play(room, dialogue);
    });
  }
});

test("a straightforward booking needs at most six model calls", async ({ room }) => {
  const booking = FILES.find(({ node }) => node === "appointment")?.dialogues[0];
  await room.database.sql("delete from public.appointments");
  const before = room.modelCalls();
  await play(room, booking ?? { title: "", lines: [] });
  expect(room.modelCalls() - before).toBeGreaterThan(0);
  expect(room.modelCalls() - before).toBeLessThanOrEqual(6);
});

test("every event that the dialogues left on the log is valid by docs/schemas", async ({ bus }) => {
  const { total, counts, invalid } = await checkEvents(bus);
  process.stdout.write(`${total} events of ${Object.keys(counts).length} types are valid by docs/schemas\n`);
  expect(invalid).toEqual([]);
  expect(total).toBeGreaterThan(500);
});
