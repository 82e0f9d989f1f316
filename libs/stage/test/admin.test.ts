import { RetryableError } from "@skytide/errors";
import { test } from "@skytide/testing";
import { expect } from "vitest";
import type { StageContext } from "../src/index.ts";
import { openTestStage, startWorker } from "./open-test-stage.ts";

test("readyz lists its checks by name and is 200 when the required ones are well", async ({ nats, bus }) => {
  await bus.consumerInfo("CONVERSATIONS", "media");
  const stage = await openTestStage(nats.url, async (context) => {
    context.health.check("database", async () => "schema 7");
    context.health.report(
      "gemini",
      async () => {
        throw new RetryableError("circuit-open", "Gemini is not called for a while");
      },
      "Wait.",
    );
    startWorker(context, { handler: async () => {} });
  });
  const response = await fetch(`http://127.0.0.1:${stage.adminPort}/readyz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    status: "ready",
    stage: "media",
    version: expect.any(String),
    checks: {
      nats: { ok: true, required: true },
      "nats version": { ok: true, required: true, detail: expect.stringMatching(/^2\./) },
      "stream CONVERSATIONS": { ok: true, required: true },
      writes: { ok: true, required: false },
      clock: { ok: true, required: false },
      settings: { ok: true, required: false },
      "consumer media": { ok: true, required: true, detail: "0 waiting" },
      database: { ok: true, required: true, detail: "schema 7" },
      gemini: { ok: false, required: false, detail: "Gemini is not called for a while", fix: "Wait." },
    },
  });
});

test("a required check that fails or hangs makes the stage unready and says why, without a foreign error's words", async ({
  nats,
}) => {
  const stage = await openTestStage(nats.url, async (context) => {
    context.health.check("database", async () => {
      throw Object.assign(new Error("contact Laura 573001110001"), { code: "ECONNREFUSED" });
    });
    context.health.check("coordination", () => new Promise(() => {}));
  });
  const response = await fetch(`http://127.0.0.1:${stage.adminPort}/readyz`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    status: "not ready",
    checks: {
      nats: { ok: true },
      database: { ok: false, detail: "ECONNREFUSED" },
      coordination: { ok: false, detail: "no answer within 2000 ms" },
    },
  });
});

test("livez answers while nothing else is well, and the rest of the admin port is small", async ({ nats }) => {
  const stage = await openTestStage(nats.url, async ({ health }) => {
    health.check("never", () => Promise.reject(new Error("never")));
  });
  const get = (path: string, method = "GET") => fetch(`http://127.0.0.1:${stage.adminPort}${path}`, { method });
  expect((await get("/livez")).status).toBe(200);
  expect((await get("/nothing")).status).toBe(404);
  expect((await get("/metrics", "POST")).status).toBe(405);
  const metrics = await get("/metrics");
  expect(metrics.headers.get("content-type")).toContain("application/openmetrics-text");
  const body = await metrics.text();
  expect(body).toContain("skytide_nats_connected 1");
  expect(body).toContain('skytide_messages_processed_total{stage="media",outcome="dead"} 0');
  expect(body).toContain("nodejs_eventloop_lag_p99_seconds");
});

test("a stage whose start fails closes what it had opened, last first", async ({ nats }) => {
  const closed: string[] = [];
  const opening = openTestStage(nats.url, async ({ stack }) => {
    stack.defer(() => void closed.push("first"));
    stack.defer(() => void closed.push("second"));
    throw new Error("no database");
  });
  await expect(opening).rejects.toThrow("no database");
  expect(closed).toEqual(["second", "first"]);
});

test("a connection that is closed for good fails the stage", async ({ nats }) => {
  let opened: StageContext<unknown> | undefined;
  const stage = await openTestStage(nats.url, async (context) => {
    opened = context;
  });
  await opened?.bus.drain();
  await stage.failed;
});
