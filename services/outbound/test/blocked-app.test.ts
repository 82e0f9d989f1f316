import { RetryableError, TenantConfigError } from "@skytide/errors";
import { describe, expect, test } from "vitest";
import { createFleetOfOne, organizationId, replyOf } from "./fleet-of-one.ts";

const keyRefused = () =>
  new TenantConfigError("gupshup-key-refused", "Gupshup refused the API key (401).", {
    organizationId,
    setting: "gupshup_api_key",
  });

describe("a provider that refuses an app", () => {
  test("once may be its own trouble: the message comes again", async () => {
    const { handle, world, answers, state, calls, refusals } = createFleetOfOne();
    world.impatient = false;
    answers.push(keyRefused());
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "app-refused" });
    expect(refusals).toMatchObject([{ appName: "AuroraDemo", setting: "gupshup_api_key", patienceMs: 10_000 }]);
    expect(state.rows.get("reply-1.0")?.state).toBe("released");
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
  });

  test("for longer than our patience opens its circuit, and the message fails in plain sight", async () => {
    const { handle, answers, published, metric } = createFleetOfOne();
    answers.push(keyRefused());
    await expect(handle(replyOf(["Hola"]))).rejects.toThrow(TenantConfigError);
    expect(published).toMatchObject([{ type: "reply.failed", data: { code: "gupshup-key-refused" } }]);
    expect(await metric('skytide_outbound_circuits_opened_total{kind="blocked"}')).toContain(" 1");
  });

  test("is not called again while the circuit is open", async () => {
    const { handle, state, calls, published, metric } = createFleetOfOne();
    state.blocked = { waits: false, retryInMs: 60_000 };
    await expect(handle(replyOf(["uno", "dos"]))).rejects.toMatchObject({ code: "gupshup-wallet-empty" });
    expect(calls).toEqual([]);
    expect(published).toMatchObject([
      { data: { index: 0, code: "gupshup-wallet-empty" } },
      { data: { index: 1, code: "gupshup-wallet-empty" } },
    ]);
    expect(await metric('skytide_outbound_suppressed_total{reason="app_blocked"}')).toContain(" 1");
  });

  test("that asks for a pause gets it: messages wait", async () => {
    const { handle, answers, state, calls, refusals } = createFleetOfOne();
    answers.push(new RetryableError("gupshup-stop-sending", "Gupshup answered with code 4001."));
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "gupshup-stop-sending" });
    expect(refusals).toMatchObject([{ waits: true, patienceMs: 0 }]);
    state.blocked = { waits: true, retryInMs: 42_000 };
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ code: "app-paused", retryAfterMs: 42_000 });
    state.blocked = null;
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("ok");
    expect(calls).toHaveLength(2);
  });
});

describe("a closed window", () => {
  test("is crossed by the organization's template, once for the whole reply", async () => {
    const { handle, state, calls, published } = createFleetOfOne();
    Object.assign(state, { suppress: "window_closed", template: "template-1" });
    await expect(handle(replyOf(["Tu cita quedó", "para el lunes."]))).resolves.toBe("ok");
    expect(calls.map(({ message }) => message)).toMatchObject([
      { kind: "template", templateId: "template-1", parameters: ["Tu cita quedó para el lunes."] },
    ]);
    expect(published).toMatchObject([{ type: "reply.sent", data: { index: 0, asTemplate: true } }]);
    await expect(handle(replyOf(["Tu cita quedó", "para el lunes."]))).resolves.toBe("duplicate");
    expect(calls).toHaveLength(1);
  });

  test("without a template asks for a person, once", async () => {
    const { handle, state, published, metric } = createFleetOfOne();
    state.suppress = "window_closed";
    await expect(handle(replyOf(["Hola"]))).resolves.toBe("skipped");
    await handle(replyOf(["Hola"]));
    expect(published.filter(({ type }) => type === "escalation.raised")).toHaveLength(1);
    expect(await metric('skytide_escalations_total{reason="error"}')).toContain(" 1");
  });

  test("asks for nobody when the reply speaks of a hand-off or an operator gives it back", async () => {
    const { handle, state, published } = createFleetOfOne();
    state.suppress = "window_closed";
    await handle(replyOf(["Hola"], { replayed: true }));
    expect(published).toMatchObject([{ type: "reply.failed" }]);
  });

  test("and a template that is refused ask for a person and name the setting", async () => {
    const { handle, state, answers, published } = createFleetOfOne();
    Object.assign(state, { suppress: "window_closed", template: "template-1" });
    answers.push(new TenantConfigError("template-paused", "Paused.", { organizationId, setting: "template" }));
    await expect(handle(replyOf(["Hola"]))).rejects.toMatchObject({ setting: "reply_template_id" });
    expect(published).toMatchObject([{ type: "reply.failed" }, { type: "escalation.raised" }]);
  });
});
