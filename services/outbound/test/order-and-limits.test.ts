import { RetryableError } from "@skytide/errors";
import { describe, expect, test } from "vitest";
import { createFleetOfOne, replyOf } from "./fleet-of-one.ts";

const publishedAt = new Date("2026-11-22T14:59:58Z");

describe("the order within a conversation", () => {
  test("a reply waits while another worker serves the conversation", async () => {
    const { handle, world, calls } = createFleetOfOne();
    world.leaseTaken = true;
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "conversation-busy", retryAfterMs: 500 });
    expect(calls).toEqual([]);
  });

  test("a reply waits until the one before it is settled", async () => {
    const { handle, world, calls } = createFleetOfOne();
    world.before = { replyId: "reply-0", publishedAt };
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "reply-out-of-turn", retryAfterMs: 500 });
    expect(calls).toEqual([]);
  });

  test("a reply overtakes one that had its time, and that is counted", async () => {
    const { handle, world, calls, pass, metric } = createFleetOfOne();
    world.before = { replyId: "reply-0", publishedAt };
    pass(900_000);
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("ok");
    expect(calls).toHaveLength(1);
    expect(await metric("skytide_outbound_overtaken_total")).toContain(" 1");
  });

  test("a worker that lost the conversation after its claim gives the claim back", async () => {
    const { handle, world, deps, calls, state } = createFleetOfOne();
    const { take } = deps.limits;
    deps.limits.take = async (key, rate) => {
      world.leaseLost.abort();
      return take(key, rate);
    };
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "send-interrupted" });
    expect(calls).toEqual([]);
    expect(state.rows.get("reply-1.0")?.state).toBe("released");
  });
});

describe("the rate limits", () => {
  test("hold a message back in the process for a short while", async () => {
    const { handle, world, calls } = createFleetOfOne();
    world.limit = [400, 0, 900];
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("ok");
    expect(world.waits).toEqual([400, 900]);
    expect(calls).toHaveLength(1);
  });

  test("give a message back to the log when the wait is long", async () => {
    const { handle, world, calls, state } = createFleetOfOne();
    world.limit = [0, 6000];
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "send-throttled", retryAfterMs: 6000 });
    expect(calls).toEqual([]);
    expect(state.rows.get("reply-1.0")?.state).toBe("released");
  });

  test("that cannot be asked leave no uncertain send behind", async () => {
    const { handle, deps, state } = createFleetOfOne();
    deps.limits.take = async () => {
      throw new RetryableError("limits-unavailable", "Redis does not answer.");
    };
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "limits-unavailable" });
    expect(state.rows.get("reply-1.0")?.state).toBe("released");
  });
});
