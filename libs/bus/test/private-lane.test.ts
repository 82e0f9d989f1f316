import { LANES, type Lane, STAGES, type Stage } from "@skytide/events";
import { messageReceived, newConversation } from "@skytide/testing";
import type { NatsConnection } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { STAGE_ACCESS } from "../src/access/stage-access.ts";
import { type Bus, DURABLES } from "../src/index.ts";
import { type AccountsServer, ask, startAccountsServer } from "./accounts-server.ts";

const LOG = "CONVERSATIONS";
const OTHERS = STAGES.filter((stage) => stage !== "brain");
const conversation = newConversation();
const subjectOf = (lane: Lane) => `conv.${conversation.organizationId}.${conversation.chat}.${lane}`;
const SECRET = "what the conversation remembers";
const create = (name: string) => `$JS.API.CONSUMER.CREATE.${LOG}.${name}`;

let server: AccountsServer;
const clients = new Map<Stage, NatsConnection>();
const buses = new Map<Stage, Bus>();
const positions = new Map<Lane, number>();
const clientOf = (stage: Stage) => clients.get(stage) as NatsConnection;
const busOf = (stage: Stage) => buses.get(stage) as Bus;
const at = (lane: Lane) => positions.get(lane) as number;

beforeAll(async () => {
  server = await startAccountsServer();
  for (const stage of STAGES) {
    clients.set(stage, await server.clientOf(stage));
    buses.set(stage, await server.busOf(stage));
  }
  for (const lane of LANES) {
    const writer = STAGES.find((stage) => STAGE_ACCESS[stage].lanes.includes(lane)) as Stage;
    const answer = await ask(clientOf(writer), subjectOf(lane), { lane, words: SECRET });
    positions.set(lane, (JSON.parse(answer) as { seq: number }).seq);
  }
});
afterAll(() => server?.stop());

/** The durables of a stage on the log, with the lanes that they read. */
function durablesOf(stage: Stage) {
  const own = STAGE_ACCESS[stage].durables.filter(([stream]) => stream === LOG).map(([, name]) => name);
  return DURABLES.filter(({ name }) => own.includes(name)).map(({ name, filters }) => ({
    name,
    lanes: filters.map((filter) => filter.split(".")[3] as Lane),
  }));
}

test.for(OTHERS)("%s cannot read the state lane", async (stage) => {
  const client = clientOf(stage);
  const state = subjectOf("state");
  const tries: [subject: string, body: object][] = [
    [`$JS.API.STREAM.MSG.GET.${LOG}`, { seq: at("state") }],
    [`$JS.API.STREAM.MSG.GET.${LOG}`, { last_by_subj: state }],
    [`$JS.API.DIRECT.GET.${LOG}`, { seq: at("state") }],
    [`$JS.API.DIRECT.GET.${LOG}`, { last_by_subj: state }],
    [`$JS.API.DIRECT.GET.${LOG}`, { multi_last: [state] }],
    [`$JS.API.DIRECT.GET.${LOG}.${state}`, {}],
    [`$JS.API.CONSUMER.CREATE.${LOG}`, { stream_name: LOG, config: { filter_subject: state } }],
    [`$JS.API.CONSUMER.DURABLE.CREATE.${LOG}.mine`, { stream_name: LOG, config: { durable_name: "mine" } }],
    [create("mine"), { stream_name: LOG, config: { name: "mine" } }],
    [create(`mine.${state}`), { stream_name: LOG, config: { name: "mine", filter_subject: state } }],
  ];
  for (const { name } of durablesOf(stage)) {
    const reader = `${name}-read-0`;
    for (const filter of [state, "conv.*.*.state", "conv.*.*.*", "conv.>", ">"])
      tries.push([
        create(`${reader}.${filter}`),
        { stream_name: LOG, config: { name: reader, filter_subject: filter } },
      ]);
    tries.push([create(reader), { stream_name: LOG, config: { name: reader } }]);
  }
  for (const [subject, body] of tries) {
    expect([subject, await ask(client, subject, body)]).toEqual([subject, "refused"]);
  }
});

test.for(OTHERS)("%s cannot say one lane and mean another", async (stage) => {
  for (const { name, lanes } of durablesOf(stage)) {
    const reader = `${name}-read-0`;
    const subject = create(`${reader}.conv.*.*.${lanes[0]}`);
    const lane = { filter_subject: `conv.*.*.${lanes[0]}` };
    const meant: object[] = [
      { name: reader, filter_subject: subjectOf("state") },
      { name: reader, filter_subjects: [subjectOf("state")] },
      { name: reader, ...lane, filter_subjects: [subjectOf("state")] },
      { name: reader },
      { ...lane, durable_name: "debounce" },
      // A push of the log into the log itself.
      { name: reader, ...lane, deliver_subject: subjectOf("state") },
    ];
    for (const config of meant) {
      const answer = JSON.parse(await ask(clientOf(stage), subject, { stream_name: LOG, config })) as object;
      expect([config, answer]).toEqual([config, expect.objectContaining({ error: expect.anything() })]);
    }
    // The name in the subject counts: another's durable stays what it is.
    const renamed = await ask(clientOf(stage), subject, { stream_name: LOG, config: { ...lane, name: "debounce" } });
    expect(JSON.parse(renamed)).toMatchObject({ name: reader, config: lane });
    await ask(clientOf(stage), `$JS.API.CONSUMER.DELETE.${LOG}.${reader}`);
    const others = DURABLES.filter((one) => one.name !== name).map((one) => one.name);
    for (const taken of ["sweep", name, ...others]) {
      const answer = await ask(clientOf(stage), create(`${taken}.conv.*.*.${lanes[0]}`), {});
      expect([taken, answer]).toEqual([taken, "refused"]);
    }
  }
});

test.for(STAGES)("%s reads again what its durables read, and nothing else of the log", async (stage) => {
  const bus = busOf(stage);
  for (const { name, lanes } of durablesOf(stage)) {
    for (const lane of LANES) {
      const original = { durable: name, stream: LOG, sequence: at(lane) };
      for (const subject of [subjectOf(lane), `conv.*.*.${lane}`]) {
        const read = bus.readOriginal({ ...original, subject });
        if (lanes.includes(lane)) expect((await read)?.json()).toMatchObject({ lane });
        else await expect(read).rejects.toMatchObject({ code: "not-permitted" });
      }
      if (lane === lanes[0]) continue;
      // What stands on another lane is not on this one.
      expect(await bus.readOriginal({ ...original, subject: subjectOf(lanes[0] as Lane) })).toBeNull();
    }
    expect(await bus.firstAfter(name, 0)).not.toBeNull();
    expect(await bus.firstAfter(name, 1_000_000)).toBeNull();
  }
});

test("many read at once, each what it asked for, and leave no consumer behind", async () => {
  const events = Array.from({ length: 60 }, () => messageReceived(newConversation()));
  const stored = await Promise.all(events.map((event) => busOf("media").publish(event)));
  const replica = await server.busOf("media");
  const read = await Promise.all(
    events.map(async ({ subject, id }, index) => {
      const bus = index % 2 === 0 ? busOf("media") : replica;
      const sequence = stored[index]?.sequence ?? 0;
      const found = await bus.readOriginal({ durable: "media", stream: LOG, subject, sequence });
      return (found?.json() as { id?: string } | undefined)?.id === id;
    }),
  );
  expect(read).toEqual(events.map(() => true));
  const answer = await ask(await server.clientOf("operator"), `$JS.API.CONSUMER.NAMES.${LOG}`);
  const { consumers } = JSON.parse(answer) as { consumers: string[] };
  expect(consumers.filter((name) => name.includes("-read-"))).toEqual([]);
});

test("ingest forgets what is older than a time without reading it", async () => {
  const old = messageReceived(conversation);
  const { sequence } = await busOf("ingest").publish(old);
  const soon = new Date(Date.now() + 1_000);
  const purged = await busOf("brain").purgeBefore("debounce", `conv.${conversation.organizationId}.*.*`, soon);
  expect(purged).toBeGreaterThan(LANES.length);
  expect(await server.operator.readMessage(LOG, sequence)).toBeNull();
  expect(await server.operator.readMessage(LOG, at("state"))).toBeNull();
});
