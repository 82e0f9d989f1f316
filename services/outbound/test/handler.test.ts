import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import { describe, expect, test } from "vitest";
import { createFleetOfOne, replyOf } from "./fleet-of-one.ts";

const unavailable = () => new RetryableError("upstream-5xx", "Gupshup answered 503.");

describe("a requested reply", () => {
  test("is sent message by message, each told on the log", async () => {
    const { handle, texts, published, calls } = createFleetOfOne();
    await expect(handle(replyOf(["Hola", "¿Qué día?"]))).resolves.toBe("ok");
    expect(texts()).toEqual(["Hola", "¿Qué día?"]);
    expect(calls[0]).toMatchObject({ source: "573000000001", destination: "573001110001", reference: "reply-1" });
    expect(published).toMatchObject([
      { type: "reply.sent", data: { replyId: "reply-1", index: 0, providerMessageId: "gs-1", text: "Hola" } },
      { type: "reply.sent", data: { replyId: "reply-1", index: 1, providerMessageId: "gs-2", text: "¿Qué día?" } },
    ]);
  });

  test("that comes twice is sent once, and told under the same event id", async () => {
    const { handle, calls, published } = createFleetOfOne();
    await handle(replyOf(["Hola"]));
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("duplicate");
    expect(calls).toHaveLength(1);
    expect(published[1]?.id).toBe(published[0]?.id);
    expect(published[1]).toMatchObject({ data: { providerMessageId: "gs-1" } });
  });

  test("that the provider could not take is sent by the next delivery", async () => {
    const { handle, answers, calls, published } = createFleetOfOne();
    answers.push(unavailable());
    await expect(handle(replyOf(["Hola"]))).rejects.toThrow(RetryableError);
    expect(published).toEqual([]);
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
    expect(published).toHaveLength(1);
  });

  test("that is stopped in the middle goes on with the message that is missing", async () => {
    const { handle, texts, deps } = createFleetOfOne();
    const stop = new AbortController();
    const { publish } = deps;
    deps.publish = async (event) => {
      await publish(event);
      stop.abort();
    };
    const stopped = handle({ ...replyOf(["uno", "dos"]), signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ code: "send-interrupted", retryAfterMs: 0 });
    await expect(handle(replyOf(["uno", "dos"]))).resolves.toBe("ok");
    expect(texts()).toEqual(["uno", "dos"]);
  });

  test("whose event could not be published is told by the next delivery and not sent again", async () => {
    const { handle, world, calls, published } = createFleetOfOne();
    world.publishFailures = 1;
    await expect(handle(replyOf(["Hola"]))).rejects.toThrow(RetryableError);
    await handle(replyOf(["Hola"]));
    expect(calls).toHaveLength(1);
    expect(published).toHaveLength(1);
  });

  test("marks the customer's message as read once, with its first message", async () => {
    const { handle, readMarks } = createFleetOfOne();
    await handle(replyOf(["uno", "dos"]));
    expect(readMarks).toEqual(["inbound-1"]);
  });

  test("is measured from the customer's message, with and without the deliberate wait", async () => {
    const { handle, metric } = createFleetOfOne();
    await handle(replyOf(["Hola"]));
    expect(await metric('skytide_reply_wall_seconds_sum{channel="whatsapp"}')).toContain(" 12");
    expect(await metric('skytide_reply_latency_seconds_sum{channel="whatsapp"}')).toContain(" 2");
    expect(await metric('skytide_reply_stage_seconds_sum{stage="outbound"}')).toContain(" 1");
  });
});

describe("a refused message", () => {
  test("fails the rest of its reply in plain sight", async () => {
    const { handle, answers, texts, published } = createFleetOfOne();
    answers.push(new PermanentError("invalid-destination", "Gupshup refused the message."));
    await expect(handle(replyOf(["uno", "dos"]))).rejects.toThrow(PermanentError);
    expect(texts()).toEqual(["uno"]);
    expect(published).toMatchObject([
      { type: "reply.failed", data: { index: 0, code: "invalid-destination" } },
      { type: "reply.failed", data: { index: 1, code: "invalid-destination" } },
    ]);
  });

  test("still becomes a dead letter when the process died before it was one", async () => {
    const { handle, answers, calls } = createFleetOfOne();
    answers.push(new TenantConfigError("bad-key", "Gupshup refused the key.", { organizationId: "o", setting: "s" }));
    await expect(handle(replyOf(["uno"]))).rejects.toThrow(TenantConfigError);
    await expect(handle(replyOf(["uno"]))).rejects.toThrow(PermanentError);
    expect(calls).toHaveLength(1);
  });

  test("is sent when an operator gives the dead letter back", async () => {
    const { handle, answers, calls } = createFleetOfOne();
    answers.push(new PermanentError("bad-key", "Gupshup refused the key."));
    await expect(handle(replyOf(["uno"]))).rejects.toThrow(PermanentError);
    await expect(handle(replyOf(["uno"], { replayed: true }))).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
  });
});

describe("a reply that must not go out", () => {
  test.each([
    ["bot_paused", "bot-paused", "paused"],
    ["window_closed", "window-closed", "skipped"],
    ["superseded", "superseded", "skipped"],
  ] as const)("is told as failed: %s", async (reason, code, outcome) => {
    const { handle, state, calls, published, metric } = createFleetOfOne();
    state.suppress = reason;
    await expect(handle(replyOf(["Hola"]))).resolves.toBe(outcome);
    expect(calls).toEqual([]);
    expect(published[0]).toMatchObject({ type: "reply.failed", data: { code } });
    expect(await metric(`skytide_outbound_suppressed_total{reason="${reason}"}`)).toContain(" 1");
  });

  test("goes out all the same when it closes a hand-off", async () => {
    const { handle, state, calls } = createFleetOfOne();
    state.suppress = "bot_paused";
    await expect(handle(replyOf(["Te contactará un asesor."], { closing: true }))).resolves.toBe("ok");
    expect(calls).toHaveLength(1);
  });

  test("is the organization's to mend when it has no connection", async () => {
    const { handle, state, published } = createFleetOfOne();
    state.suppress = "no_connection";
    await expect(handle(replyOf(["Hola"]))).rejects.toThrow(TenantConfigError);
    expect(published).toMatchObject([{ type: "reply.failed", data: { code: "no-connection" } }]);
  });
});

describe("a reply given up", () => {
  test("is told as failed where it was not sent, and lets the next one go", async () => {
    const { handle, giveUp, answers, published, world } = createFleetOfOne();
    answers.push({ kind: "accepted", providerMessageId: "gs-1" }, unavailable());
    const reply = replyOf(["uno", "dos"]);
    await expect(handle(reply)).rejects.toThrow(RetryableError);
    await giveUp(reply.event, "upstream-5xx");
    expect(published).toMatchObject([
      { type: "reply.sent", data: { index: 0 } },
      { type: "reply.failed", data: { index: 1, code: "upstream-5xx" } },
    ]);
    world.before = { replyId: "reply-1", publishedAt: reply.publishedAt };
    const next = replyOf(["tres"]);
    await expect(handle({ ...next, event: { ...next.event, id: "reply-2" }, sequence: 9 })).resolves.toBe("ok");
  });
});
