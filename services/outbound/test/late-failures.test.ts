import { PermanentError, TenantConfigError } from "@skytide/errors";
import { createEvent } from "@skytide/events";
import { describe, expect, test } from "vitest";
import { chat, createFleetOfOne, organizationId, replyOf } from "./fleet-of-one.ts";

const FAILED_AT = "2026-11-22T15:00:00.000Z";

/** A reply that was accepted and of which the provider now says that it failed. */
async function failedLater(providerCode: number, texts: readonly string[] = ["Hola"]) {
  const fleet = createFleetOfOne();
  const original = replyOf(texts);
  await fleet.handle(original);
  fleet.published.length = 0;
  fleet.world.original = original;
  fleet.world.failed = {
    ...{ replyId: original.event.id, index: 0, sequence: original.sequence, state: "accepted" },
    ...{ appName: "AuroraDemo", claimedAt: FAILED_AT, resends: 0, asTemplate: false },
    ...{ current: true, delivered: false, templateId: null },
  };
  const event = createEvent({
    ...{ type: "reply.failed", id: "failed-1", source: "ingest", time: new Date(FAILED_AT), organizationId, chat },
    data: { providerMessageId: "gs-1", otherIds: ["other-1"], at: FAILED_AT, code: "provider", providerCode },
  });
  const { signal } = new AbortController();
  const failure = { event, publishedAt: new Date(FAILED_AT), redelivered: 0, replayed: false, signal };
  return { ...fleet, failure, failed: fleet.world.failed };
}

describe("a message that fails after it was accepted, for a reason that passes", () => {
  test.each([
    [130429, 5000],
    [131056, 5000],
    [131000, 5000],
    [80007, 5000],
  ])("%i: is sent again after a while, under a new event", async (code, waitMs) => {
    const { receipt, failure, pass, calls, published, metric } = await failedLater(code);
    await expect(receipt(failure)).rejects.toMatchObject({ code: "resend-waits", retryAfterMs: waitMs });
    pass(waitMs);
    await expect(receipt(failure)).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
    expect(published).toMatchObject([
      { type: "reply.sent", data: { index: 0, providerMessageId: "gs-2", resends: 1, text: "Hola" } },
    ]);
    await expect(receipt(failure)).resolves.toBe("skipped");
    expect(calls).toHaveLength(2);
    expect(published[1]?.id).toBe(published[0]?.id);
    expect(await metric('skytide_outbound_late_actions_total{action="resent"}')).toContain(" 1");
  });

  test("131056 again: the pauses grow by four", async () => {
    const { receipt, failure, failed } = await failedLater(131056);
    failed.resends = 1;
    await expect(receipt(failure)).rejects.toMatchObject({ retryAfterMs: 16_000 });
    failed.resends = 2;
    await expect(receipt(failure)).rejects.toMatchObject({ retryAfterMs: 64_000 });
  });

  test("ends as a dead letter after the third time, and is sent again when that is given back", async () => {
    const { receipt, failure, failed, calls, pass } = await failedLater(131056);
    failed.resends = 3;
    pass(600_000);
    await expect(receipt(failure)).rejects.toThrow(PermanentError);
    expect(calls).toHaveLength(1);
    await expect(receipt({ ...failure, replayed: true })).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
  });

  test("is left alone when it was delivered all the same", async () => {
    const { receipt, failure, failed, calls, pass } = await failedLater(131000);
    failed.delivered = true;
    pass(5000);
    await expect(receipt(failure)).resolves.toBe("skipped");
    expect(calls).toHaveLength(1);
  });

  test("goes on when the process died between taking it back and sending it", async () => {
    const { receipt, failure, pass, world, calls } = await failedLater(130429);
    pass(5000);
    world.crashAt = "after_claim_before_send";
    await expect(receipt(failure)).rejects.toThrow();
    pass(30_000);
    await expect(receipt(failure)).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
  });
});

describe("a window that WhatsApp says is closed", () => {
  test("sends the organization's template with the words of the message", async () => {
    const { receipt, failure, failed, state, pass, calls, published } = await failedLater(131047);
    failed.templateId = "template-1";
    state.template = "template-1";
    pass(5000);
    await expect(receipt(failure)).resolves.toBe("ok");
    expect(calls[1]?.message).toMatchObject({ kind: "template", templateId: "template-1", parameters: ["Hola"] });
    expect(published).toMatchObject([{ type: "reply.sent", data: { resends: 1, asTemplate: true } }]);
  });

  test("asks for a person where there is no template", async () => {
    const { receipt, failure, state, published, calls } = await failedLater(131047);
    await expect(receipt(failure)).resolves.toBe("skipped");
    expect(calls).toHaveLength(1);
    expect(published).toMatchObject([{ type: "escalation.raised", data: { reason: "error" } }]);
    expect(state.escalated.join()).toContain("24 horas");
  });
});

describe("what the organization has to mend", () => {
  test.each([
    [1003, "gupshup-wallet-empty", "gupshup_wallet"],
    [131042, "whatsapp-credit-missing", "whatsapp_account"],
    [131031, "whatsapp-account-restricted", "whatsapp_account"],
    [131048, "whatsapp-spam-limited", "whatsapp_account"],
    [133010, "whatsapp-number-not-registered", "whatsapp_business_number"],
  ])("%i opens the app's circuit and is a dead letter: %s", async (code, faultCode, setting) => {
    const { receipt, failure, refusals, calls } = await failedLater(code);
    const outcome = receipt(failure);
    await expect(outcome).rejects.toThrow(TenantConfigError);
    await expect(outcome).rejects.toMatchObject({ code: faultCode, setting });
    expect(refusals).toMatchObject([
      { appName: "AuroraDemo", code: faultCode, waits: false, late: true, patienceMs: 0 },
    ]);
    await expect(receipt({ ...failure, replayed: true })).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
  });

  test("132015: a paused template asks for a person and names the setting", async () => {
    const { receipt, failure, published } = await failedLater(132015);
    await expect(receipt(failure)).rejects.toMatchObject({ code: "template-paused", setting: "reply_template_id" });
    expect(published).toMatchObject([{ type: "escalation.raised" }]);
  });

  test("4001: the app pauses, its messages wait, and this one is sent again", async () => {
    const { receipt, failure, refusals, pass, state, calls } = await failedLater(4001);
    pass(5000);
    state.blocked = { waits: true, retryInMs: 60_000 };
    await expect(receipt(failure)).rejects.toMatchObject({ code: "app-paused", retryAfterMs: 60_000 });
    expect(refusals).toMatchObject([{ code: "gupshup-stop-sending", waits: true }]);
    state.blocked = null;
    await expect(receipt(failure)).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
  });
});

test("a content that WhatsApp refuses is a dead letter", async () => {
  const { receipt, failure } = await failedLater(131009);
  await expect(receipt(failure)).rejects.toMatchObject({ code: "content-refused" });
});

test.each([131026, 131049, 130472, 999_999])("%i: there is nothing to do but to show it", async (code) => {
  const { receipt, failure, calls, published, refusals } = await failedLater(code);
  await expect(receipt(failure)).resolves.toBe("skipped");
  expect([calls.length, published, refusals]).toEqual([1, [], []]);
});

test("a failure that comes before our own record waits for it; one that speaks of nobody's message does not wait for ever", async () => {
  const { receipt, failure, world, pass, metric } = await failedLater(131047);
  world.failed = null;
  await expect(receipt(failure)).rejects.toMatchObject({ code: "receipt-unmatched", retryAfterMs: 5000 });
  pass(60_000);
  await expect(receipt(failure)).resolves.toBe("skipped");
  expect(await metric('skytide_outbound_late_actions_total{action="unmatched"}')).toContain(" 1");
});
