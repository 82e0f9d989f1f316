import { messageReceived, newConversation, replyRequested, stateCommitted } from "@skytide/testing";
import { connect, type Msg, type NatsConnection, nkeyAuthenticator } from "nats";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  addSubscriber,
  endReplay,
  listSubscribers,
  openReplay,
  removeSubscriber,
  SUBSCRIBER_API,
} from "../src/index.ts";
import { type AccountsServer, ask, startAccountsServer } from "./accounts-server.ts";

let server: AccountsServer;
let mine: { name: string; seed: string; client: NatsConnection };
let other: { name: string; seed: string };
const conversation = newConversation();
const stranger = newConversation();

beforeAll(async () => {
  server = await startAccountsServer();
  const ingest = await server.busOf("ingest");
  const brain = await server.busOf("brain");
  for (const one of [conversation, stranger]) {
    await ingest.publish(messageReceived(one));
    const cursor = { inbound: 0, handoff: 0, streamCreatedAt: "x" };
    await brain.publish(stateCommitted(one, cursor));
    await brain.publish(replyRequested(one));
  }
  const added = await addSubscriber(server.operator, { organizationId: conversation.organizationId, label: "erp" });
  other = await addSubscriber(server.operator, { organizationId: stranger.organizationId, label: "erp" });
  await server.reload();
  mine = { ...added, client: await server.outsider(added.seed) };
}, 60_000);
afterAll(() => server?.stop());

const nextOf = (durable: string) => `${SUBSCRIBER_API}.CONSUMER.MSG.NEXT.CONVERSATIONS.${durable}`;
const infoOf = (durable: string) => `${SUBSCRIBER_API}.CONSUMER.INFO.CONVERSATIONS.${durable}`;

/** Pulls what waits for a durable, acknowledging all of it. */
async function pull(client: NatsConnection, durable: string): Promise<Msg[]> {
  const inbox = `_INBOX.${crypto.randomUUID()}`;
  const subscription = client.subscribe(inbox);
  client.publish(nextOf(durable), JSON.stringify({ batch: 50, no_wait: true }), { reply: inbox });
  const found: Msg[] = [];
  for await (const message of subscription) {
    if ((message.headers?.code ?? 0) > 0) break;
    await client.request(message.reply ?? "", "+ACK", { timeout: 1_000 });
    found.push(message);
  }
  return found;
}

test("a subscriber gets the public lanes of its organization in order, and nothing of another or of the state", async () => {
  const found = await pull(mine.client, mine.name);
  expect(found.map(({ subject }) => subject)).toEqual(
    ["inbound", "reply"].map((lane) => `conv.${conversation.organizationId}.${conversation.chat}.${lane}`),
  );
  expect(await pull(mine.client, mine.name)).toEqual([]);
});

const API = "$JS.API";
const REACHES_NOTHING = ["refused", "nobody"];
/** reference: every way in that another design left open. */
const ATTACKS: readonly { attack: string; subject(): string; body?: object; header?: Record<string, string> }[] = [
  { attack: "reads another organization's durable", subject: () => nextOf(other.name), body: { batch: 1 } },
  { attack: "looks at another organization's durable", subject: () => infoOf(other.name) },
  { attack: "reads a durable of the fleet", subject: () => nextOf("recorder"), body: { batch: 1 } },
  { attack: "reads its durable past its own prefix", subject: () => `${API}.CONSUMER.MSG.NEXT.CONVERSATIONS.recorder` },
  { attack: "acknowledges for a stage", subject: () => "$JS.ACK.CONVERSATIONS.recorder.1.1.1.1.1" },
  { attack: "acknowledges for another subscriber", subject: () => `$JS.ACK.CONVERSATIONS.${other.name}.1.1.1.1.1` },
  { attack: "publishes an event", subject: () => `conv.${conversation.organizationId}.${conversation.chat}.inbound` },
  { attack: "publishes a fired timer", subject: () => `due.turn.${conversation.organizationId}.${conversation.chat}` },
  {
    attack: "publishes into its own durable's lanes of another",
    subject: () => `conv.${stranger.organizationId}.x.reply`,
  },
  ...["", `${SUBSCRIBER_API}`].map((prefix) => ({
    attack: `makes a consumer with another filter (${prefix || API})`,
    subject: () => `${prefix || API}.CONSUMER.CREATE.CONVERSATIONS.${mine.name}.conv.*.*.state`,
    body: { stream_name: "CONVERSATIONS", config: { durable_name: "x", filter_subject: "conv.*.*.state" } },
  })),
  { attack: "changes its durable's filter", subject: () => `${API}.CONSUMER.CREATE.CONVERSATIONS.${mine.name}` },
  { attack: "deletes its durable", subject: () => `${API}.CONSUMER.DELETE.CONVERSATIONS.${mine.name}` },
  { attack: "purges the stream", subject: () => `${API}.STREAM.PURGE.CONVERSATIONS`, body: {} },
  { attack: "deletes the stream", subject: () => `${API}.STREAM.DELETE.CONVERSATIONS` },
  { attack: "reads by sequence", subject: () => `${API}.STREAM.MSG.GET.CONVERSATIONS`, body: { seq: 1 } },
  { attack: "reads directly", subject: () => `${API}.DIRECT.GET.CONVERSATIONS`, body: { seq: 1 } },
  { attack: "looks at the stream", subject: () => `${API}.STREAM.INFO.CONVERSATIONS` },
  { attack: "lists the streams", subject: () => `${API}.STREAM.NAMES` },
  { attack: "takes a lease", subject: () => "$KV.LEASES.x" },
  { attack: "reloads the server", subject: () => "$SYS.REQ.SERVER.PING" },
];

test.for(ATTACKS)("an outsider that $attack reaches nothing", async ({ subject, body = {}, header }) => {
  const before = await server.operator.streamInfo("CONVERSATIONS");
  expect(REACHES_NOTHING).toContain(await ask(mine.client, subject(), body, header));
  const { messages, lastSequence } = await server.operator.streamInfo("CONVERSATIONS");
  expect({ messages, lastSequence }).toEqual({ messages: before.messages, lastSequence: before.lastSequence });
});

test("an outsider that forges the reply of a pull speaks to its own account alone", async () => {
  const heard: string[] = [];
  for (const user of ["operator", "brain"] as const) {
    const client = await server.clientOf(user);
    client.subscribe(`_INBOX_${user}.victim`, { callback: (_, message) => heard.push(message.subject) });
    await client.flush();
  }
  const ingest = await server.busOf("ingest");
  await ingest.publish(messageReceived(conversation));
  const { lastSequence } = await server.operator.streamInfo("CONVERSATIONS");
  const targets = [
    "_INBOX_operator.victim",
    "_INBOX_brain.victim",
    `conv.${conversation.organizationId}.${conversation.chat}.reply`,
    "$JS.API.STREAM.PURGE.CONVERSATIONS",
  ];
  for (const reply of targets) {
    mine.client.publish(nextOf(mine.name), JSON.stringify({ batch: 1, expires: 100_000_000 }), { reply });
  }
  await mine.client.flush();
  // All pulls have ended when the durable holds no message for one of them any more.
  await vi.waitFor(async () => expect(await ask(mine.client, infoOf(mine.name))).toContain('"num_waiting":0'));
  expect(heard).toEqual([]);
  expect((await server.operator.streamInfo("CONVERSATIONS")).lastSequence).toBe(lastSequence);
});

test("an outsider that listens to everything in its account hears nothing of ours", async () => {
  const refusal = new Promise((resolve) => {
    mine.client.subscribe(">", { callback: (error) => resolve(error?.code) });
  });
  expect(await refusal).toBe("PERMISSIONS_VIOLATION");
});

test("a subscriber reads again from a sequence on a durable of its own, and its live one does not move", async () => {
  const [subscriber] = await listSubscribers(server.operator, stranger.organizationId);
  if (!subscriber) throw new Error("no subscriber");
  const client = await server.outsider(other.seed);
  expect(await pull(client, other.name)).toHaveLength(2);
  const name = await openReplay(server.operator, subscriber, { from: { sequence: 1 }, chat: stranger.chat });
  expect(await pull(client, name)).toHaveLength(2);
  expect(await pull(client, other.name)).toEqual([]);
  await openReplay(server.operator, subscriber, { from: { sequence: 1 }, rate: 1 });
  expect(await ask(client, infoOf(name))).toContain('"skytide.rate":"1"');
  // Two are asked for and none is acknowledged: one second's events, and no more.
  const inbox = `_INBOX.${crypto.randomUUID()}`;
  const got: number[] = [];
  const ended = new Promise<void>((resolve) => {
    client.subscribe(inbox, {
      callback: (_, { headers }) => (headers?.code ? resolve() : void got.push(1)),
    });
  });
  client.publish(nextOf(name), JSON.stringify({ batch: 2, expires: 200_000_000 }), { reply: inbox });
  await ended;
  expect(got).toHaveLength(1);
  await endReplay(server.operator, subscriber);
  expect(REACHES_NOTHING).toContain(
    await ask(client, infoOf(name)).then((text) => (text.includes("10014") ? "nobody" : text)),
  );
});

test("events that left the log while a subscriber was away are told to operators, and the rest comes in order", async () => {
  const late = newConversation();
  const added = await addSubscriber(server.operator, { organizationId: late.organizationId, label: "late" });
  await server.reload();
  const ingest = await server.busOf("ingest");
  await ingest.publish(messageReceived(late, "read"));
  const client = await server.outsider(added.seed);
  expect(await pull(client, added.name)).toHaveLength(1);
  const texts = ["gone", "first", "second"];
  const stored = [];
  for (const text of texts) stored.push(await ingest.publish(messageReceived(late, text)));
  const statusOf = async () => (await listSubscribers(server.operator, late.organizationId))[0];
  expect(await statusOf()).toMatchObject({ pending: 3, missed: false });
  // What the age limit does.
  const operator = await server.clientOf("operator");
  await ask(operator, "$JS.API.STREAM.PURGE.CONVERSATIONS", { seq: stored[1]?.sequence });
  expect(await statusOf()).toMatchObject({ pending: 2, missed: true });
  const found = await pull(client, added.name);
  expect(found.map((message) => message.json<{ data: { content: { text: string } } }>().data.content.text)).toEqual([
    "first",
    "second",
  ]);
  expect(await statusOf()).toMatchObject({ pending: 0, missed: false });
});

test("a subscriber that fetches and never acknowledges stops at its own limit, and no stage waits for it", async () => {
  const slow = newConversation();
  const added = await addSubscriber(server.operator, { organizationId: slow.organizationId, label: "slow" });
  await server.reload();
  const client = await server.outsider(added.seed);
  const ingest = await server.busOf("ingest");
  await Promise.all(Array.from({ length: 300 }, () => ingest.publish(messageReceived(slow))));
  const inbox = "_INBOX.slow";
  let got = 0;
  client.subscribe(inbox, {
    callback: (_, message) => {
      if (!message.headers?.code) got += 1;
    },
  });
  for (const batch of [256, 256]) {
    client.publish(nextOf(added.name), JSON.stringify({ batch, expires: 200_000_000 }), { reply: inbox });
  }
  await vi.waitFor(() => expect(got).toBe(256));
  expect((await listSubscribers(server.operator, slow.organizationId))[0]).toMatchObject({
    ackPending: 256,
    pending: 44,
  });
  const media = await server.busOf("media");
  const consumer = media.consume({ stream: "CONVERSATIONS", durable: "media", prefetch: 64 });
  let read = 0;
  for await (const message of consumer) {
    await message.ack();
    read += message.subject.includes(slow.chat) ? 1 : 0;
    if (read === 300) break;
  }
  await consumer.stop();
});

test("who is revoked is cut off, and refused when it comes back", async () => {
  const gone = newConversation();
  const added = await addSubscriber(server.operator, { organizationId: gone.organizationId, label: "gone" });
  await server.reload();
  const client = await server.outsider(added.seed);
  await removeSubscriber(server.operator, gone.organizationId, "gone");
  expect(await ask(client, infoOf(added.name))).toContain("10014");
  await server.reload();
  await client.closed();
  await expect(server.outsider(added.seed)).rejects.toMatchObject({ code: "AUTHORIZATION_VIOLATION" });
  expect(await listSubscribers(server.operator, gone.organizationId)).toEqual([]);
});

test("an expired key is refused once the accounts are rendered again", async () => {
  const { organizationId } = newConversation();
  const soon = { organizationId, label: "trial", expiresAt: new Date(Date.now() - 1_000) };
  const { seed } = await addSubscriber(server.operator, soon);
  await server.reload();
  await expect(server.outsider(seed)).rejects.toMatchObject({ code: "AUTHORIZATION_VIOLATION" });
});

test("a key that nobody knows is refused in the same words", async () => {
  const authenticator = nkeyAuthenticator(
    new TextEncoder().encode("SUAMLK2ZNL35WSMW37E7UD4VZ7ELPKW7DHC3BWBSD2GCZ7IUQQXZIORRBU"),
  );
  await expect(connect({ servers: server.url, authenticator })).rejects.toMatchObject({
    code: "AUTHORIZATION_VIOLATION",
  });
});

test("a second subscriber of the same name and a name that would widen a subject are refused", async () => {
  const { organizationId } = conversation;
  await expect(addSubscriber(server.operator, { organizationId, label: "erp" })).rejects.toMatchObject({
    code: "subscriber-exists",
  });
  for (const label of ["", "*", "a.b", "a b", "A", "x-replay", "-a"]) {
    await expect(addSubscriber(server.operator, { organizationId, label })).rejects.toMatchObject({
      code: "invalid-label",
    });
  }
});
