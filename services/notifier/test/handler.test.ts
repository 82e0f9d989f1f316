import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import { createEvent } from "@skytide/events";
import { describe, expect, test } from "vitest";
import { Crash, chat, createNoticeRoom, escalationId, organizationId, raised } from "./notice-room.ts";

const both = [
  { phone: "573009990001", alternative: false },
  { phone: "573009990002", alternative: false },
];
const withAlternative = both.map((one, index) => ({ ...one, alternative: index === 1 }));
const unavailable = () => new RetryableError("upstream-5xx", "Gupshup answered 503.", { retryAfterMs: 1000 });
const refusal = () => new PermanentError("template-unknown", "Gupshup refused the template.");

describe("a raised escalation", () => {
  test("is told to every recipient, and the log says so", async () => {
    const { handle, world, calls, published, records } = createNoticeRoom();
    world.notice = { ...world.notice, recipients: both };
    await expect(handle(raised())).resolves.toBe("ok");
    expect(calls.map(({ destination }) => destination)).toEqual(["573009990001", "573009990002"]);
    expect(calls[0]?.parameters).toEqual([
      "Laura Rojas",
      "+573001110001",
      "Pidió hablar con una persona: Quiere hablar\nde un reembolso",
      "22/11/2026 10:00",
    ]);
    expect(published).toMatchObject([
      { type: "escalation.notified", chat, turn: "turn-1", data: { escalationId, recipients: 2 } },
    ]);
    expect(records).toMatchObject([
      { recipient: 0, outcome: "accepted", providerMessageId: "gs-1" },
      { recipient: 1, outcome: "accepted", providerMessageId: "gs-2" },
    ]);
  });

  test("that comes twice is told once", async () => {
    const { handle, calls, published } = createNoticeRoom();
    await handle(raised());
    await expect(handle(raised())).resolves.toBe("duplicate");
    expect(calls).toHaveLength(1);
    expect(published).toHaveLength(1);
  });

  test("that could not be told is told by the next delivery", async () => {
    const { handle, answers, calls, published } = createNoticeRoom();
    answers.push(unavailable());
    await expect(handle(raised())).rejects.toMatchObject({ code: "upstream-5xx", retryAfterMs: 1000 });
    expect(published).toEqual([]);
    await expect(handle(raised())).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
  });

  test("that is stopped in the middle goes on with whom it had not told", async () => {
    const { handle, world, deps, calls } = createNoticeRoom();
    world.notice = { ...world.notice, recipients: both };
    const stop = new AbortController();
    const { record } = deps;
    deps.record = async (entry) => {
      await record(entry);
      stop.abort();
    };
    await expect(handle(raised(stop.signal))).rejects.toMatchObject({ code: "notice-interrupted" });
    await expect(handle(raised())).resolves.toBe("ok");
    expect(calls.map(({ destination }) => destination)).toEqual(["573009990001", "573009990002"]);
  });

  test("reached somebody: the log says so at once, and the others are tried again", async () => {
    const { handle, world, answers, calls, published } = createNoticeRoom();
    world.notice = { ...world.notice, recipients: both };
    answers.push(unavailable());
    await expect(handle(raised())).rejects.toThrow(RetryableError);
    expect(published).toMatchObject([{ type: "escalation.notified", data: { recipients: 1 } }]);
    await expect(handle(raised())).resolves.toBe("duplicate");
    expect(calls.map(({ destination }) => destination)).toEqual(["573009990001", "573009990002", "573009990001"]);
    expect(published).toHaveLength(1);
  });

  test("is measured from the moment it was raised", async () => {
    const { handle, metric } = createNoticeRoom();
    await handle(raised());
    expect(await metric("skytide_notification_delay_seconds_sum")).toContain(" 5");
    expect(await metric('skytide_notifications_total{outcome="accepted"}')).toContain(" 1");
  });

  test("that a person closed meanwhile is passed over, like every other event", async () => {
    const { handle, world, calls } = createNoticeRoom();
    world.open = false;
    await expect(handle(raised())).resolves.toBe("skipped");
    const resumed = createEvent({
      ...{ type: "bot.resumed", id: "b", source: "ingest", time: new Date(), organizationId, chat },
      data: { reason: "crm" },
    });
    await expect(handle({ event: resumed, signal: raised().signal })).resolves.toBe("skipped");
    expect(calls).toEqual([]);
  });
});

describe("an escalation that reaches nobody", () => {
  test("says so when every notice is refused", async () => {
    const { handle, answers, published, records } = createNoticeRoom();
    answers.push(refusal());
    await expect(handle(raised())).rejects.toThrow(PermanentError);
    expect(published).toMatchObject([{ type: "escalation.failed", data: { reason: "provider_refused" } }]);
    expect(records).toMatchObject([{ outcome: "rejected", code: "template-unknown" }]);
  });

  test("is the organization's to mend when it names no recipient", async () => {
    const { handle, world, published } = createNoticeRoom();
    world.notice = { ...world.notice, recipients: [] };
    await expect(handle(raised())).rejects.toThrow(TenantConfigError);
    expect(published).toMatchObject([{ type: "escalation.failed", data: { reason: "no_recipient" } }]);
  });

  test("says so when the notification app is not configured", async () => {
    const { handle, deps, published, metric } = createNoticeRoom();
    deps.sendTemplate = null;
    await expect(handle(raised())).rejects.toMatchObject({ code: "not-configured" });
    expect(published).toMatchObject([{ type: "escalation.failed", data: { reason: "not_configured" } }]);
    expect(await metric('skytide_notifications_total{outcome="not_configured"}')).toContain(" 1");
  });

  test("says so when its time is over", async () => {
    const { handle, giveUp, answers, published } = createNoticeRoom();
    answers.push(unavailable());
    await expect(handle(raised())).rejects.toThrow();
    await giveUp(raised());
    await giveUp(raised());
    expect(published).toMatchObject([{ type: "escalation.failed", data: { reason: "timeout" } }]);
    expect(published).toHaveLength(1);
  });

  test("is not said of one that reached somebody", async () => {
    const { handle, giveUp, published } = createNoticeRoom();
    await handle(raised());
    await giveUp(raised());
    expect(published).toMatchObject([{ type: "escalation.notified" }]);
  });
});

describe("an alternative recipient", () => {
  test("is not told while somebody else is reached", async () => {
    const { handle, world, calls } = createNoticeRoom();
    world.notice = { ...world.notice, recipients: withAlternative };
    await expect(handle(raised())).resolves.toBe("ok");
    expect(calls.map(({ destination }) => destination)).toEqual(["573009990001"]);
  });

  test("is told where nobody else is reached, and that counts", async () => {
    const { handle, world, answers, calls, published } = createNoticeRoom();
    world.notice = { ...world.notice, recipients: withAlternative };
    answers.push(refusal());
    await expect(handle(raised())).resolves.toBe("ok");
    expect(calls.map(({ destination }) => destination)).toEqual(["573009990001", "573009990002"]);
    expect(published).toMatchObject([{ type: "escalation.notified", data: { recipients: 1 } }]);
  });
});

describe("a template that the provider refuses", () => {
  const paused = () => new PermanentError("gupshup-refused", "Gupshup answered 400.");

  test("is replaced by the second one at once, and counted", async () => {
    const { handle, deps, answers, calls, published, metric } = createNoticeRoom();
    deps.hasFallback = true;
    answers.push(paused());
    await expect(handle(raised())).resolves.toBe("ok");
    expect(calls.map(({ fallback }) => fallback)).toEqual([false, true]);
    expect(published).toMatchObject([{ type: "escalation.notified" }]);
    const line = 'skytide_notice_template_troubles_total{template="first",trouble="refused"}';
    expect(await metric(line)).toContain(" 1");
  });

  test("is not tried again while the database remembers its refusal", async () => {
    const { handle, deps, world, calls } = createNoticeRoom();
    deps.hasFallback = true;
    world.notice = { ...world.notice, templateRefused: true };
    await handle(raised());
    expect(calls.map(({ fallback }) => fallback)).toEqual([true]);
  });

  test("without a second one ends honestly", async () => {
    const { handle, answers, published } = createNoticeRoom();
    answers.push(paused());
    await expect(handle(raised())).rejects.toThrow(PermanentError);
    expect(published).toMatchObject([{ type: "escalation.failed", data: { reason: "provider_refused" } }]);
  });
});

describe("a notice whose result nobody knows", () => {
  test("is sent once more after its wait, and given up after that", async () => {
    const { handle, answers, calls, published, pass } = createNoticeRoom();
    answers.push({ kind: "uncertain" }, { kind: "uncertain" });
    await expect(handle(raised())).rejects.toMatchObject({ code: "notice-uncertain", retryAfterMs: 15_000 });
    pass(10_000);
    await expect(handle(raised())).rejects.toMatchObject({ code: "notice-uncertain", retryAfterMs: 5000 });
    expect(calls).toHaveLength(1);
    pass(5000);
    await expect(handle(raised())).rejects.toMatchObject({ code: "notice-uncertain" });
    expect(calls).toHaveLength(2);
    pass(15_000);
    await expect(handle(raised())).rejects.toThrow(PermanentError);
    expect(calls).toHaveLength(2);
    expect(published).toMatchObject([{ type: "escalation.failed" }]);
  });
});

describe("a process that dies", () => {
  test("between claim and send: the person is told once, after the wait", async () => {
    const { handle, world, calls, pass } = createNoticeRoom();
    world.crashAt = "after_claim_before_send";
    await expect(handle(raised())).rejects.toThrow(Crash);
    await expect(handle(raised())).rejects.toMatchObject({ code: "notice-uncertain" });
    pass(15_000);
    await expect(handle(raised())).resolves.toBe("ok");
    expect(calls).toHaveLength(1);
  });

  test("between send and record: the person is told again rather than perhaps not at all", async () => {
    const { handle, world, calls, pass, published } = createNoticeRoom();
    world.crashAt = "after_send_before_record";
    await expect(handle(raised())).rejects.toThrow(Crash);
    pass(15_000);
    await expect(handle(raised())).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
    expect(published).toHaveLength(1);
  });

  test("between publishing and ack: nothing is told again", async () => {
    const { handle, world, calls, published } = createNoticeRoom();
    world.crashAt = "after_publish_before_ack";
    await expect(handle(raised())).rejects.toThrow(Crash);
    await expect(handle(raised())).resolves.toBe("duplicate");
    expect(calls).toHaveLength(1);
    expect(published).toHaveLength(1);
  });
});
