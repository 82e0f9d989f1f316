import { provision } from "@skytide/bus";
import { RetryableError } from "@skytide/errors";
import { STAGES } from "@skytide/events";
import { natsOnSmallDisk, natsSaying, smallDiskMissing, test, until } from "@skytide/testing";
import { expect } from "vitest";
import { type CheckResult, createChecks } from "../src/health.ts";
import type { StageContext } from "../src/index.ts";
import { checkLog } from "../src/log-checks.ts";
import { customerMessage, newConversation, openTestStage, publishUnchecked, startWorker } from "./open-test-stage.ts";

/** More than what is left of a page that a file has already. */
const LONG = "x".repeat(20_000);
const WANTED = "20261122070100";

async function readyz(port: number): Promise<{ code: number; checks: Record<string, CheckResult> }> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  return { code: answer.status, ...((await answer.json()) as { checks: Record<string, CheckResult> }) };
}

test("a consumer and a stream that were deleted are named, with the command that creates them", async ({
  nats,
  bus,
}) => {
  await bus.consumerInfo("CONVERSATIONS", "media");
  const stage = await openTestStage(nats.url, async (context) => startWorker(context, { handler: async () => {} }));
  expect((await readyz(stage.adminPort)).code).toBe(200);
  const fix = expect.stringContaining("skytide streams apply --yes");
  await publishUnchecked(nats.url, "$JS.API.CONSUMER.DELETE.CONVERSATIONS.media", "", "nobody");
  const without = await readyz(stage.adminPort);
  expect(without.code).toBe(503);
  expect(without.checks["consumer media"]).toMatchObject({ ok: false, detail: "the consumer media is missing", fix });
  await publishUnchecked(nats.url, "$JS.API.STREAM.DELETE.CONVERSATIONS", "", "nobody");
  const { checks } = await readyz(stage.adminPort);
  expect(checks["stream CONVERSATIONS"]).toMatchObject({
    ok: false,
    detail: "the stream CONVERSATIONS is missing",
    fix,
  });
  await provision(bus);
});

test("a nats-server that is too old is named; ingest alone goes on with it", async ({ nats }) => {
  const stage = await openTestStage(await natsSaying("2.11.9", nats.url), async () => {});
  const { code, checks } = await readyz(stage.adminPort);
  expect(code).toBe(503);
  expect(checks["nats version"]).toEqual({
    ...{ ok: false, required: true, detail: "nats-server 2.11.9" },
    fix: "Upgrade NATS to 2.14.0 or later: turns cannot be committed.",
  });
});

test.for(STAGES)("%s is told of an old server and of a clock that is an hour off", async (stage, { bus }) => {
  const health = createChecks();
  const clock = () => new Date(Date.now() - 3_600_000);
  checkLog(health, { stage, bus: { ...bus, serverVersion: () => "2.10.0" }, clock, unconfirmed: () => 0 });
  const { checks } = await health.run();
  expect(checks["nats version"]).toMatchObject({ ok: false, required: stage !== "ingest" });
  expect(checks.clock).toMatchObject({
    ...{ ok: false, required: false, detail: "3600 s behind the log's clock" },
    fix: expect.stringContaining("NTP"),
  });
});

test("a database of an older schema holds a rollout back, one of a newer does not", async ({ nats, bus }) => {
  await bus.streamInfo("CONVERSATIONS");
  let schemaVersion = "20251231000000";
  const stage = await openTestStage(nats.url, async (context) => {
    context.guardDatabase(async () => ({ schemaVersion }), WANTED);
  });
  const older = await readyz(stage.adminPort);
  expect(older.code).toBe(503);
  expect(older.checks.schema).toMatchObject({
    detail: `the database is at 20251231000000, this version wants ${WANTED}`,
    fix: expect.stringContaining("npm run db:migrate"),
  });
  schemaVersion = "20270101000000";
  const newer = await readyz(stage.adminPort);
  expect(newer.code).toBe(200);
  expect(newer.checks.schema?.detail).toContain("newer than");
});

test("a setting that is a slip of the pen is shown, without its value", async ({ nats, bus }) => {
  await bus.streamInfo("CONVERSATIONS");
  const stage = await openTestStage(nats.url, async () => {}, { OPENAI_API_KEYY: "sk-secret" });
  const { code, checks } = await readyz(stage.adminPort);
  expect(code).toBe(200);
  expect(checks.settings).toMatchObject({
    ...{ ok: false, required: false, detail: "OPENAI_API_KEYY is no setting; did you mean OPENAI_API_KEY?" },
    fix: expect.stringContaining(".env.example"),
  });
});

test.skipIf(smallDiskMissing())(
  "a disk of NATS that is full is suspected from the first write that nobody confirms",
  async () => {
    const nats = await natsOnSmallDisk();
    let opened: StageContext<unknown> | undefined;
    const stage = await openTestStage(nats.url, async (context) => {
      opened = context;
    });
    const write = () => opened?.bus.publish(customerMessage(newConversation(), LONG), { deadlineMs: 1_000 });
    await write();
    await nats.fill();
    await expect(write()).rejects.toThrow(RetryableError);
    const { checks } = await readyz(stage.adminPort);
    expect(checks.writes).toMatchObject({
      ...{ ok: false, detail: "the log did not confirm the last write" },
      fix: expect.stringContaining("skytide doctor"),
    });
    await nats.repair();
    await until(async () => {
      await write();
      expect((await readyz(stage.adminPort)).checks.writes).toEqual({ ok: true, required: false });
    });
  },
);
