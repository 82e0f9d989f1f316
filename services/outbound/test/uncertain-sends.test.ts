import { describe, expect, test } from "vitest";
import { Crash, createFleetOfOne, replyOf } from "./fleet-of-one.ts";

const timeout = { kind: "uncertain" } as const;

describe("a send whose result nobody knows", () => {
  test("waits for a receipt and is not sent meanwhile", async () => {
    const { handle, answers, calls, pass } = createFleetOfOne();
    answers.push(timeout);
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "send-uncertain", retryAfterMs: 3000 });
    pass(28_000);
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "send-uncertain", retryAfterMs: 2000 });
    expect(calls).toHaveLength(1);
  });

  test("counts as accepted when a receipt of the conversation belongs to no send", async () => {
    const { handle, answers, calls, published, state, metric } = createFleetOfOne();
    answers.push(timeout);
    await expect(handle(replyOf(["Hola"]))).rejects.toThrow();
    state.receipt = "gs-late";
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("ok");
    expect(calls).toHaveLength(1);
    expect(published).toMatchObject([{ type: "reply.sent", data: { providerMessageId: "gs-late" } }]);
    expect(await metric('skytide_outbound_uncertain_total{resolution="receipt_found"}')).toContain(" 1");
  });

  test("is sent once more when receipts flow and none came, and held after that", async () => {
    const { handle, answers, calls, published, pass, metric } = createFleetOfOne();
    answers.push(timeout, timeout);
    await expect(handle(replyOf(["Hola"]))).rejects.toThrow();
    pass(30_000);
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "send-uncertain" });
    expect(calls).toHaveLength(2);
    pass(30_000);
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
    expect(published).toMatchObject([{ type: "reply.failed", data: { code: "send-unknown" } }]);
    expect(await metric('skytide_outbound_uncertain_total{resolution="held"}')).toContain(" 1");
  });

  test("is held when no receipts flow", async () => {
    const { handle, answers, calls, pass, state } = createFleetOfOne();
    answers.push(timeout);
    state.flowing = false;
    await expect(handle(replyOf(["Hola"]))).rejects.toThrow();
    pass(30_000);
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("ok");
    expect(calls).toHaveLength(1);
    expect(state.rows.get("reply-1.0")?.state).toBe("held");
  });
});

describe("a process that dies", () => {
  test("between claim and send is not followed by a blind send", async () => {
    const { handle, world, calls, pass, published } = createFleetOfOne();
    world.crashAt = "after_claim_before_send";
    await expect(handle(replyOf(["Hola"]))).rejects.toThrow(Crash);
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "send-uncertain" });
    expect(calls).toEqual([]);
    pass(30_000);
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("ok");
    expect(calls).toHaveLength(1);
    expect(published).toHaveLength(1);
  });

  test("between send and record leaves it to the receipt", async () => {
    const { handle, world, calls, state, published } = createFleetOfOne();
    world.crashAt = "after_send_before_record";
    await expect(handle(replyOf(["Hola"]))).rejects.toThrow(Crash);
    state.receipt = "gs-1";
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("ok");
    expect(calls).toHaveLength(1);
    expect(published).toMatchObject([{ type: "reply.sent", data: { providerMessageId: "gs-1" } }]);
  });

  test("between publishing and ack sends nothing again", async () => {
    const { handle, world, calls } = createFleetOfOne();
    world.crashAt = "after_publish_before_ack";
    await expect(handle(replyOf(["Hola"]))).rejects.toThrow(Crash);
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("duplicate");
    expect(calls).toHaveLength(1);
  });
});

describe("a database that is away", () => {
  test("for a moment after a send does not make it uncertain", async () => {
    const { handle, state, calls, world } = createFleetOfOne();
    state.settleFailures = 2;
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("ok");
    expect(world.waits).toEqual([250, 1000]);
    expect(calls).toHaveLength(1);
  });

  test("for longer leaves the send uncertain, never unsent", async () => {
    const { handle, state, calls } = createFleetOfOne();
    state.settleFailures = 4;
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "database-unavailable" });
    expect(state.rows.get("reply-1.0")?.state).toBe("claimed");
    expect(calls).toHaveLength(1);
  });
});
