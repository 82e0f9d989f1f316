import { LANES, STAGES, type Stage } from "@skytide/events";
import { messageReceived, newConversation } from "@skytide/testing";
import type { NatsConnection } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { STAGE_ACCESS } from "../src/access/stage-access.ts";
import { DURABLES } from "../src/index.ts";
import { type AccountsServer, ask, startAccountsServer } from "./accounts-server.ts";

let server: AccountsServer;
const clients = new Map<Stage, NatsConnection>();
const clientOf = (stage: Stage) => clients.get(stage) as NatsConnection;
beforeAll(async () => {
  server = await startAccountsServer();
  for (const stage of STAGES) clients.set(stage, await server.clientOf(stage));
});
afterAll(() => server?.stop());

const { organizationId, chat } = newConversation();
const subjectOf = (lane: string) => `conv.${organizationId}.${chat}.${lane}`;
const purge = (stream: string) => `$JS.API.STREAM.PURGE.${stream}`;

test("every durable belongs to one stage", () => {
  const owned = STAGES.flatMap((stage) => [...STAGE_ACCESS[stage].durables.map(([, name]) => name), `retry-${stage}`]);
  expect(new Set(owned).size).toBe(owned.length);
  expect(DURABLES.map(({ name }) => name).filter((name) => !owned.includes(name))).toEqual([]);
});

test.for(STAGES)("%s writes its own lanes and no other", async (stage) => {
  const client = clientOf(stage);
  for (const lane of LANES) {
    const own = STAGE_ACCESS[stage].lanes.includes(lane);
    const answer = await ask(client, subjectOf(lane), { lane });
    expect([lane, answer === "refused"]).toEqual([lane, !own]);
  }
});

test.for(STAGES)("%s reads its own durables and no other", async (stage) => {
  const client = clientOf(stage);
  const own = [...STAGE_ACCESS[stage].durables.map(([, name]) => name), `retry-${stage}`];
  for (const { stream, name } of DURABLES) {
    const answer = await ask(client, `$JS.API.CONSUMER.INFO.${stream}.${name}`);
    expect([name, answer === "refused"]).toEqual([name, !own.includes(name)]);
    if (own.includes(name)) continue;
    const next = await ask(client, `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`, { batch: 1, no_wait: true });
    expect([name, next]).toEqual([name, "refused"]);
  }
});

/** Each is something that no stage needs; those that one does need name it. */
const FORBIDDEN: readonly (readonly [what: string, subject: string, body: object, except: readonly Stage[]])[] = [
  ["purge the log", purge("CONVERSATIONS"), { filter: "conv.x.x.inbound" }, ["brain"]],
  ["purge timers", purge("TIMERS"), { filter: "timer.turn.x.x" }, ["notifier"]],
  ["purge dead letters", purge("DEADLETTERS"), {}, []],
  ["purge the audit", purge("OPERATIONS"), {}, []],
  ["delete a message", "$JS.API.STREAM.MSG.DELETE.CONVERSATIONS", { seq: 1 }, []],
  ["delete the log", "$JS.API.STREAM.DELETE.CONVERSATIONS", {}, []],
  ["change the log", "$JS.API.STREAM.UPDATE.CONVERSATIONS", { name: "CONVERSATIONS" }, []],
  ["make a stream that copies the log", "$JS.API.STREAM.CREATE.COPY", { name: "COPY" }, []],
  ["take over another's durable", "$JS.API.CONSUMER.CREATE.CONVERSATIONS.recorder", {}, []],
  ["make a consumer of the state lane", "$JS.API.CONSUMER.CREATE.CONVERSATIONS.mine.conv.*.*.state", {}, []],
  ["read the last state by its subject", `$JS.API.DIRECT.GET.CONVERSATIONS.${subjectOf("state")}`, {}, []],
  ["read states in one go", "$JS.API.DIRECT.GET.CONVERSATIONS", { multi_last: ["conv.*.*.state"] }, ["brain"]],
  ["read the log by sequence", "$JS.API.STREAM.MSG.GET.CONVERSATIONS", { seq: 1 }, ["brain"]],
  ["delete a durable", "$JS.API.CONSUMER.DELETE.CONVERSATIONS.recorder", {}, []],
  ["give a dead letter back", `retry.brain.${organizationId}.${chat}`, {}, []],
  ["write another stage's dead letter", `dead.nobody.${organizationId}.${chat}`, {}, []],
  ["forge the audit", "ops.fleet.audit", {}, []],
  ["arm a turn", `timer.turn.${organizationId}.${chat}`, {}, ["brain"]],
  ["fire a turn", `due.turn.${organizationId}.${chat}`, {}, ["brain"]],
  ["take a lease", "$KV.LEASES.x", {}, ["brain", "outbound"]],
  ["write a turn's journal", "$KV.JOURNAL.x", {}, ["brain"]],
  ["reload the server", "$SYS.REQ.SERVER.PING", {}, []],
];

test.for(
  FORBIDDEN.map(([what, subject, body, except]) => ({
    ...{ subject, body, except },
    title: except.length === 0 ? `no stage may ${what}` : `no stage but ${except.join(" and ")} may ${what}`,
  })),
)("$title", async ({ subject, body, except }) => {
  for (const stage of STAGES.filter((name) => !except.includes(name))) {
    expect([stage, await ask(clientOf(stage), subject, body)]).toEqual([stage, "refused"]);
  }
});

test("nobody hears another's replies, the log itself or the state lane", async () => {
  for (const stage of STAGES) {
    for (const subject of ["_INBOX_operator.>", "_INBOX.>", ">", subjectOf("state"), "conv.>", "$JS.>"]) {
      const client = await server.clientOf(stage);
      const refused = new Promise((resolve) =>
        client.subscribe(subject, { callback: (error) => resolve(error?.code) }),
      );
      expect([stage, subject, await refused]).toEqual([stage, subject, "PERMISSIONS_VIOLATION"]);
      await client.close();
    }
  }
});

test("a missing permission is an error with a name, and the connection says it too", async () => {
  const bus = await server.busOf("notifier");
  const event = messageReceived(newConversation());
  await expect(bus.publish(event)).rejects.toMatchObject({ code: "not-permitted" });
});

test("the provisioner creates and reads nothing, the reloader sees no stream", async () => {
  const provisioner = await server.clientOf("provisioner");
  for (const [subject, body] of [
    [purge("CONVERSATIONS"), {}],
    ["$JS.API.STREAM.DELETE.CONVERSATIONS", {}],
    ["$JS.API.STREAM.MSG.GET.CONVERSATIONS", { seq: 1 }],
    [subjectOf("inbound"), {}],
  ] as const) {
    expect(await ask(provisioner, subject, body)).toBe("refused");
  }
  expect(await ask(await server.clientOf("reloader"), "$JS.API.STREAM.INFO.CONVERSATIONS")).toBe("refused");
});

test("an operator cannot write what a stage writes", async () => {
  const operator = await server.clientOf("operator");
  for (const lane of LANES.filter((name) => name !== "contact")) {
    expect([lane, await ask(operator, subjectOf(lane), {})]).toEqual([lane, "refused"]);
  }
});

test("a stage's work goes on under its permissions: publish, consume, ack, trim", async () => {
  const conversation = newConversation();
  const event = messageReceived(conversation);
  await (await server.busOf("ingest")).publish(event);
  const media = await server.busOf("media");
  const consumer = media.consume({ stream: "CONVERSATIONS", durable: "media", prefetch: 8 });
  let found = "";
  for await (const message of consumer) {
    await message.ack();
    found = message.subject;
    if (found === event.subject) break;
  }
  await consumer.stop();
  await (await server.busOf("brain")).trim(event.subject, 0);
});
