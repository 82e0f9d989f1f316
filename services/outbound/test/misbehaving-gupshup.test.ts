import { setTimeout as pause, setImmediate } from "node:timers/promises";
import { RetryableError } from "@skytide/errors";
import { createGupshupClient } from "@skytide/gupshup";
import { type SimulatorControl, startSimulators } from "@skytide/simulators";
import { demo } from "@skytide/testing";
import { expect, onTestFinished, test } from "vitest";
import { createHandler } from "../src/handler.ts";
import { createProvider } from "../src/provider.ts";
import { createFleetOfOne, replyOf } from "./fleet-of-one.ts";
import { createSends } from "./in-memory-sends.ts";

const CONVERSATIONS = 1000;
const AT_ONCE = 48;
/** Of those whose answer is lost, every so many loses its receipts, too. */
const LOST_RECEIPTS = 4;
const { aurora } = demo;
const FIRST_PHONE = 573_100_000_000;

/** Outbound's rules and Gupshup's client against the simulator over HTTP; only the database and the clock are in memory. */
async function setUp() {
  const simulators = await startSimulators({ sendsPerSecond: 100_000 });
  onTestFinished(() => simulators.stop());
  const fleet = createFleetOfOne();
  const { control } = simulators;
  const gupshup = createGupshupClient({ baseUrl: simulators.gupshupUrl, timeoutMs: 1000 });
  const provider = createProvider(gupshup, { metrics: fleet.deps.metrics, readMarkTimeoutMs: 0 });
  return { ...fleet, control, provider, attempts: { count: 0 } };
}

type World = Awaited<ReturnType<typeof setUp>>;

/** One conversation of its own: its rows, its phone, and whether its receipts are lost. */
function conversation(
  { deps, control, provider, attempts }: World,
  number: number,
  { hasReceipts, onNothing }: { hasReceipts(number: number): boolean; onNothing(): void },
) {
  const phone = String(FIRST_PHONE + number);
  const to = { apiKey: aurora.apiKey, appName: aurora.app, source: aurora.businessNumber, destination: phone };
  const now = () => new Date();
  const { sends } = createSends(now);
  const published: { type: string }[] = [];
  const bubbles = () => control.conversation(aurora.app, phone).bubbles.filter(({ direction }) => direction === "out");
  const findUnmatchedReceipt = async () => {
    const id = hasReceipts(number) ? bubbles()[0]?.id : undefined;
    if (id === undefined) onNothing();
    return id === undefined ? null : { providerMessageId: id };
  };
  control.customer(phone, { type: "text", app: aurora.app, text: "Hola" });
  const handle = createHandler({
    ...deps,
    now,
    wait: async (ms) => void (await pause(ms)),
    policy: { ...deps.policy, uncertainWaitMs: 40, uncertainPollMs: 10 },
    provider: {
      ...provider,
      send: (request) => {
        attempts.count += 1;
        return provider.send({ ...request, ...to });
      },
    },
    sends: { ...sends, findUnmatchedReceipt },
    publish: async (event) => void published.push(event),
  });
  return { handle, published, received: () => bubbles().length };
}

/** What the log does: the message comes again until it is settled. */
async function untilSettled(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      await pause(Math.min(error.retryAfterMs ?? 5, 15));
    }
  }
}

async function sendAll(conversations: readonly { handle: ReturnType<typeof createHandler> }[]): Promise<void> {
  const waiting = [...conversations];
  const line = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { handle } = next;
      await untilSettled(() => handle({ ...replyOf(["Hola"]), publishedAt: new Date() }));
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
}

const callsOf = (control: SimulatorControl) => control.stats().gupshup.calls;

test("1,000 sends, a tenth of them refused for a while: nothing is lost, and twice comes only what could not be known", {
  timeout: 120_000,
}, async () => {
  const world = await setUp();
  const { control, metric } = world;
  const uncertain: number[] = [];
  const blind = new Set<number>();
  const hasReceipts = (number: number) => {
    if (!uncertain.includes(number)) uncertain.push(number);
    return uncertain.indexOf(number) % LOST_RECEIPTS !== 0;
  };
  const conversations = Array.from({ length: CONVERSATIONS }, (_, number) =>
    conversation(world, number, { hasReceipts, onNothing: () => blind.add(number) }),
  );
  // Coprime steps, so that the faults fall on different calls.
  control.setGupshupFaults([
    { kind: "status", status: 503, every: 10 },
    { kind: "status", status: 429, every: 21 },
    { kind: "cut", every: 53 },
    { kind: "hang", every: 49, times: 22 },
  ]);
  await sendAll(conversations);

  const count = async (line: string) => Number((await metric(line))?.split(" ")[1]);
  const again = await count('skytide_outbound_uncertain_total{resolution="sent_again"}');
  const held = await count('skytide_outbound_uncertain_total{resolution="held"}');

  // Lost is none: what was not sent is held for an operator, told and counted.
  const unsent = conversations.filter((one) => one.published[0]?.type === "reply.failed");
  expect(unsent).toHaveLength(held);
  for (const { published } of unsent) expect(published).toMatchObject([{ data: { code: "send-unknown" } }]);
  for (const one of conversations.filter((other) => !unsent.includes(other))) {
    expect(one.published).toMatchObject([{ type: "reply.sent" }]);
    expect(one.received()).toBeGreaterThan(0);
  }

  // Twice came only what nobody could know anything about, and each repetition was counted.
  const twice = conversations.flatMap((one, number) => (one.received() > 1 ? [number] : []));
  expect(twice.length).toBeGreaterThan(0);
  expect(twice.length).toBeLessThanOrEqual(again);
  for (const number of twice) expect([conversations[number]?.received(), blind.has(number)]).toEqual([2, true]);

  const calls = callsOf(control);
  for (const [fault, least] of [
    ["503", 90],
    ["429", 40],
    ["cut", 15],
    ["hang", 15],
  ] as const)
    expect(calls[fault], fault).toBeGreaterThanOrEqual(least);
  // Every attempt is counted by its result.
  const counted = async (outcome: string) => count(`skytide_outbound_sends_total{kind="text",outcome="${outcome}"}`);
  const results = await Promise.all(["accepted", "rate_limited", "error", "timeout"].map(counted));
  for (const result of results) expect(result).toBeGreaterThan(0);
  expect(results.reduce((sum, one) => sum + one)).toBe(world.attempts.count);
});

test.each(["no-id", "html", "empty-body", "cut"] as const)(
  "an answer that says nothing (%s) is no reason to send twice",
  async (kind) => {
    const world = await setUp();
    world.control.setGupshupFaults([{ kind, times: 1 }]);
    const one = conversation(world, 1, { hasReceipts: () => true, onNothing: () => undefined });
    await sendAll([one]);
    expect(one.received()).toBe(1);
    expect(one.published).toMatchObject([{ type: "reply.sent" }]);
  },
);
