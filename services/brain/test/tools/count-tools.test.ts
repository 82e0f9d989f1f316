import { PermanentError, RetryableError } from "@skytide/errors";
import { createMetrics } from "@skytide/telemetry";
import { expect, test } from "vitest";
import { countTools, createToolMetrics, type ToolContext, type Tools } from "../../src/tools/index.ts";

const signal = new AbortController().signal;
const context: ToolContext = { organizationId: "o", chatIdentityId: "c", turnId: "t", now: new Date(0), signal };

/** What is shown after the booking tool ended like this. */
async function shownAfter(perform: () => Promise<unknown>, of: ToolContext = context) {
  const metrics = createMetrics({ version: "0", processMetrics: false });
  const tools = new Proxy({}, { get: () => ({ acts: true, perform }) }) as Tools;
  await countTools(tools, createToolMetrics(metrics))
    .book_appointment.perform({}, of)
    .catch(() => undefined);
  const { body } = await metrics.exposition();
  return [...body.matchAll(/^skytide_(tool_calls|appointments)_total\{[^}]*outcome="(\w+)"\} 1/gm)].map(
    ([, , one]) => one,
  );
}

const refused = (code: string) => async () => ({ kind: "refused", code });
const thrown = (error: Error) => async () => {
  throw error;
};

test.for([
  ["booked", async () => ({ kind: "booked" }), ["ok", "ok"]],
  ["taken by somebody else", refused("slot_taken"), ["conflict", "conflict"]],
  ["not allowed", refused("too_late"), ["rejected", "rejected"]],
  ["not there", refused("service_not_found"), ["rejected", "not_found"]],
  ["without answer", thrown(new RetryableError("database-timeout", "late")), ["timeout", "error"]],
  ["broken", thrown(new PermanentError("database-answer", "odd")), ["error", "error"]],
] as const)("an appointment that was %s is counted so, with its tool", async ([, perform, outcomes]) => {
  expect(await shownAfter(perform)).toEqual(outcomes);
});

test("a run that a newer message ended says nothing about the tool", async () => {
  const stopped = { ...context, signal: AbortSignal.abort() };
  expect(await shownAfter(thrown(new Error("aborted")), stopped)).toEqual([]);
});
