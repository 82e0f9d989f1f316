import { conversationSubject } from "@skytide/events";
import { expect, onTestFinished, test, vi } from "vitest";
import { startTyping } from "../src/typing.ts";
import { chat, createFleetOfOne, organizationId } from "./fleet-of-one.ts";

const DELAY_MS = 10_000;
const subject = conversationSubject(organizationId, chat, "inbound");

function setUp() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { deps, world, metric } = createFleetOfOne();
  let write: (subject: string) => void = () => undefined;
  const shown: string[] = [];
  const behaviour = {
    target: { appId: "app-1", inboundMessageId: "wamid.1" } as { appId: string; inboundMessageId: string } | null,
    fails: false,
  };
  const typing = startTyping({
    ...{ limits: deps.limits, metrics: deps.metrics, delayMs: DELAY_MS },
    hint: (_, onMessage) => {
      write = onMessage;
      return { stop: () => undefined };
    },
    target: async () => behaviour.target,
    show: async ({ providerMessageId }) => {
      if (behaviour.fails) throw new Error("refused");
      shown.push(providerMessageId);
    },
  });
  return { write: () => write(subject), typing, world, behaviour, shown, metric };
}

test("typing is shown once, when the customer has finished writing", async () => {
  const { write, shown, metric } = setUp();
  write();
  await vi.advanceTimersByTimeAsync(DELAY_MS - 1);
  write();
  await vi.advanceTimersByTimeAsync(DELAY_MS - 1);
  expect(shown).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(shown).toEqual(["wamid.1"]);
  vi.useRealTimers();
  expect(await metric('skytide_outbound_typing_total{outcome="ok"}')).toContain(" 1");
});

test("nothing is shown where another replica did, nobody waits, or the stage has closed", async () => {
  const { write, shown, world, behaviour, typing } = setUp();
  world.limit = [15_000];
  write();
  await vi.advanceTimersByTimeAsync(DELAY_MS);
  behaviour.target = null;
  write();
  await vi.advanceTimersByTimeAsync(DELAY_MS);
  behaviour.target = { appId: "app-1", inboundMessageId: "wamid.1" };
  write();
  typing.stop();
  await vi.advanceTimersByTimeAsync(DELAY_MS);
  expect(shown).toEqual([]);
});

test("a failure is counted and disturbs nobody", async () => {
  const { write, behaviour, metric } = setUp();
  behaviour.fails = true;
  write();
  await vi.advanceTimersByTimeAsync(DELAY_MS);
  vi.useRealTimers();
  expect(await metric('skytide_outbound_typing_total{outcome="failed"}')).toContain(" 1");
});
