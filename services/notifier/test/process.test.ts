import { crashOnceAt, until } from "@skytide/testing";
import { beforeEach, expect, vi } from "vitest";
import { test } from "./escalations.ts";
import { NOTIFICATION_APP } from "./notifier-process.ts";

// The first test also waits for the database and the log to start.
vi.setConfig({ testTimeout: 90_000 });

beforeEach<{ fleet: { simulators: { control: { reset(): void } } } }>(({ fleet }) => fleet.simulators.control.reset());

test("staff are told by template and the log says so", async ({ fleet }) => {
  const notifier = await fleet.start();
  const { raised, escalationId, outcomes } = await fleet.escalate();
  await fleet.bus.publish(raised);
  await until(async () =>
    expect(await outcomes()).toEqual([{ type: "escalation.notified", escalationId, recipients: 1 }]),
  );
  const [parameters, ...more] = fleet.notices();
  expect(more).toEqual([]);
  expect(parameters?.[2]).toBe("Pidió hablar con una persona: Quiere hablar con alguien");
  expect(parameters?.[3]).toMatch(/^\d\d\/\d\d\/\d{4} \d\d:\d\d$/);
  await until(async () => expect(await fleet.bus.streamInfo("OPERATIONS")).toMatchObject({ messages: 1 }));
  for (const planted of ["Laura", "hablar con alguien", "573009990001", "573008"])
    expect(notifier.output()).not.toContain(planted);
});

test("an escalation that comes twice is told once", async ({ fleet }) => {
  await fleet.start({ ...NOTIFICATION_APP, CONCURRENCY: "1" });
  const { raised, outcomes } = await fleet.escalate();
  await fleet.bus.publish(raised, { messageId: "first" });
  await fleet.bus.publish(raised, { messageId: "second" });
  await until(async () =>
    expect(await fleet.bus.consumerInfo("CONVERSATIONS", "notifier")).toMatchObject({ pending: 0, ackPending: 0 }),
  );
  expect(await outcomes()).toHaveLength(1);
  expect(fleet.notices()).toHaveLength(1);
});

test("a Gupshup that is away for a moment costs a redelivery", async ({ fleet }) => {
  fleet.simulators.control.setGupshupFaults([{ kind: "status", status: 503, times: 2 }]);
  await fleet.start();
  const { raised, outcomes } = await fleet.escalate();
  await fleet.bus.publish(raised);
  await until(async () => expect(await outcomes()).toMatchObject([{ type: "escalation.notified" }]));
  expect(fleet.notices()).toHaveLength(1);
});

test("SIGTERM in the middle of a notice lets it end, and nobody is told again", async ({ fleet }) => {
  fleet.simulators.control.setGupshupFaults([{ kind: "slow", ms: 700, times: 1 }]);
  const stopping = await fleet.start();
  const { raised, outcomes } = await fleet.escalate();
  await fleet.bus.publish(raised);
  await until(async () =>
    expect(await fleet.bus.consumerInfo("CONVERSATIONS", "notifier")).toMatchObject({ ackPending: 1 }),
  );
  expect(await stopping.terminate()).toBe(0);
  await fleet.start();
  await until(async () => expect(await outcomes()).toMatchObject([{ type: "escalation.notified" }]));
  expect(fleet.notices()).toHaveLength(1);
});

test("kill -9 after the event is published: nobody is told again", { timeout: 120_000 }, async ({ fleet }) => {
  const crash = await crashOnceAt("after_publish_before_ack");
  const crashing = await fleet.start({ ...NOTIFICATION_APP, ...crash });
  const told = await fleet.escalate();
  await fleet.bus.publish(told.raised);
  await crashing.ended;
  await fleet.start();
  await until(async () =>
    expect(await fleet.bus.consumerInfo("CONVERSATIONS", "notifier")).toMatchObject({ pending: 0, ackPending: 0 }),
  );
  expect(await told.outcomes()).toMatchObject([{ type: "escalation.notified" }]);
  expect(fleet.notices()).toHaveLength(1);
});

test("without its app the notifier says honestly that nobody was told", async ({ fleet }) => {
  await fleet.start({});
  const { raised, outcomes } = await fleet.escalate();
  await fleet.bus.publish(raised);
  await until(async () =>
    expect(await outcomes()).toMatchObject([{ type: "escalation.failed", reason: "not_configured" }]),
  );
});

test("each organization's staff hear of their own customers only", async ({ fleet }) => {
  await fleet.start();
  const { raised, outcomes } = await fleet.escalate("brisa");
  await fleet.bus.publish(raised);
  await until(async () => expect(await outcomes()).toMatchObject([{ type: "escalation.notified" }]));
  expect(fleet.notices("brisa")).toHaveLength(1);
  expect(fleet.notices("aurora")).toEqual([]);
});

test("the CRM's call tells staff, says success, and stands on the log", async ({ fleet }) => {
  const notifier = await fleet.start();
  const { chatIdentityId, organizationId, outcomes } = await fleet.escalate();
  const body = {
    organization_id: organizationId,
    chat_identity_id: chatIdentityId,
    ...{ phone_number: "3001110001", country_code: "+57", reason: "Pide un asesor" },
  };
  const answer = await notifier.post(body);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ success: true });
  expect(fleet.notices()).toHaveLength(1);
  expect(await outcomes()).toMatchObject([{ type: "escalation.notified" }]);
  expect((await notifier.post({ ...body, organization_id: crypto.randomUUID() })).status).toBe(404);
  expect((await notifier.post({})).status).toBe(400);
  expect((await notifier.post(body, "wrong")).status).toBe(401);
});
