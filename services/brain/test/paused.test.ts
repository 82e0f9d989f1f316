import { dueSubject } from "@skytide/events";
import { createStore } from "@skytide/store";
import { test as base, demo, until } from "@skytide/testing";
import { expect } from "vitest";
import { startResuming } from "../src/resume-paused.ts";
import { createTurnTimers } from "../src/timers.ts";
import { quiet } from "./brief/organizations.ts";
import { openRoom } from "./dialogues/room.ts";

const { organizationId } = demo.aurora;
const scope = { organizationId, scope: "org", key: "" } as const;
const pause = { ...scope, reason: "test", by: "tester", until: null };

const test = base
  .extend("room", { scope: "file" }, async ({ bus, database, simulators }, { onCleanup }) => {
    const room = await openRoom({ bus, database, simulators });
    onCleanup(() => room.close());
    return room;
  })
  .extend("store", ({ database }) => createStore(database));

test("what comes during a pause is read by nobody, and answered once when it is over", async ({
  room,
  store,
  bus,
  stack,
}) => {
  const customer = room.enter();
  const { chat } = customer;
  const state = async () => (await bus.readConversation({ organizationId, chat })).state;
  const fired = () => bus.lastSequence(dueSubject("turn", organizationId, chat));
  const timers = createTurnTimers(
    bus,
    () => ({ debounceMs: 1, debounceMaxMs: 1 }),
    () => new Date(),
  );
  const shown = new Map<string, number>();
  const metrics = { paused: (scope: string, count: number) => void shown.set(scope, count) };
  startResuming({ log: quiet, metrics: metrics as never, stack }, { store, timers, everyMs: 20 });

  await store.pauseAgent(pause);
  await customer.writes({ kind: "text", text: "hola" });
  expect(await customer.answers()).toEqual([]);
  await customer.writes({ kind: "text", text: "¿cuál es la dirección?" });
  expect(await customer.answers()).toEqual([]);
  expect(await state()).toBeNull();
  expect(await fired()).toBe(0);
  await until(async () => {
    if (shown.get("org") !== 1) throw new Error("the gauge does not show it");
  });

  await store.resumeAgent(scope);
  await until(async () => {
    if ((await fired()) === 0) throw new Error("nobody armed it");
  });
  const answers = await customer.answers();
  expect(answers).toHaveLength(1);
  expect(answers[0]?.text).toMatch(/Calle|Carrera/);
  expect((await state())?.event.data.seen).toHaveLength(2);
  // Nothing is left to be armed.
  await until(async () => {
    if ((await room.database.sql("select 1 from paused_chats")).length > 0) throw new Error("still waiting");
  });
  expect(await customer.answers()).toEqual([]);
});
