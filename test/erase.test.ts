import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Bus, connectBus, inboxPrefixOf, type User } from "@skytide/bus";
import { chatOf, hashKeysSchema } from "@skytide/events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { skytide } from "../tools/skytide/test/cli.ts";
import { AURORA, startTestFleet, type TestFleet } from "./fleet-fixture.ts";

const ZORAIDA = "573009998877";
const OTHER = "573001110001";
/** What only the erased customer said or is: none of it may be found anywhere afterwards. */
const MARKS = [ZORAIDA, "Zoraida", "Quebrantahuesos", "marcaplantada"];

let room: TestFleet;
let bus: Bus;

beforeAll(async () => {
  room = await startTestFleet();
  bus = await busOf("operator");
}, 180_000);
afterAll(async () => {
  await bus?.drain();
  await room?.stop();
}, 120_000);

test("an erased customer is found nowhere any more, others are untouched, and subscribers are told", async () => {
  const chat = await converse();
  const other = room.phone(AURORA.app, OTHER);
  await other.say("Hola, ¿cuánto cuesta la limpieza facial?");
  await other.until(/\$/);
  expect(await hits()).not.toEqual([]);

  const operator = JSON.parse(await readFile(join(dirname(room.fleet.logs), "operator.json"), "utf8"));
  const env = {
    ...operator,
    LANGFUSE_HOST: room.fleet.urls.simulators,
    LANGFUSE_PUBLIC_KEY: "pk",
    LANGFUSE_SECRET_KEY: "sk",
  };
  const planned = await skytide(env, "erase", AURORA.organizationId, "--chat", chat);
  expect(planned.out).toContain("1 future appointments");
  expect(await hits()).not.toEqual([]);

  const erased = await skytide(env, "erase", AURORA.organizationId, "--chat", chat, "--yes");
  expect(erased).toMatchObject({
    code: 0,
    out: expect.stringContaining("Found afterwards: 0 on the log, 0 files, 0 traces."),
  });
  expect(await hits()).toEqual([]);

  const events = await jsonOf("CONVERSATIONS", [`conv.${AURORA.organizationId}.${chat}.>`]);
  expect(events).toMatchObject([{ type: "contact.erased" }]);
  const kept = chatOf(hashKeysSchema.parse(operator.CHAT_HASH_KEYS), AURORA.organizationId, "whatsapp", OTHER);
  expect(await jsonOf("CONVERSATIONS", [`conv.${AURORA.organizationId}.${kept}.>`])).not.toEqual([]);

  const again = await skytide(env, "erase", AURORA.organizationId, "--chat", chat, "--yes");
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining("Erased: 1 conversations, 0 events") });
  expect(await jsonOf("CONVERSATIONS", [`conv.${AURORA.organizationId}.${chat}.>`])).toHaveLength(1);
}, 180_000);

test("who was erased may write again and begins anew", async () => {
  const phone = room.phone(AURORA.app, ZORAIDA);
  const before = (await phone.answers()).length;
  await phone.say("Hola, ¿qué servicios tienen?");
  await expect.poll(async () => (await phone.answers()).length, { timeout: 30_000 }).toBeGreaterThan(before);
  const [row] = await room.rows("select count(*)::int as known from chat_identities where platform_user_id = $1", [
    ZORAIDA,
  ]);
  expect(row).toEqual({ known: 1 });
}, 60_000);

/** A booking, a voice note, a dead letter and a hand-off: words and name in every place that holds any. */
async function converse(): Promise<string> {
  const phone = room.phone(AURORA.app, ZORAIDA);
  await phone.say("Hola, quiero una limpieza facial mañana en la tarde, marcaplantada");
  const slots = await phone.until(/tengo:/);
  await phone.tap(slots.choices?.[0] ?? { title: "1" });
  await phone.until(/nombre/);
  await phone.say("Zoraida Quebrantahuesos");
  await phone.until(/¿La agendo\?/);
  await phone.say("sí");
  await phone.until(/quedó agendada/);
  await phone.send("audio");
  await phone.say("quiero hablar con una persona");
  await phone.until(/asesor|equipo|persona/);
  const operator = JSON.parse(await readFile(join(dirname(room.fleet.logs), "operator.json"), "utf8"));
  const chat = chatOf(hashKeysSchema.parse(operator.CHAT_HASH_KEYS), AURORA.organizationId, "whatsapp", ZORAIDA);
  const media = await busOf("media");
  await media.publishDeadLetter(
    `dead.media.${AURORA.organizationId}.${chat}`,
    { text: "marcaplantada" },
    crypto.randomUUID(),
  );
  await media.drain();
  await expect.poll(() => storedFiles(), { timeout: 30_000 }).not.toEqual([]);
  const recorded =
    "select count(*)::int as messages from chat_messages m join chat_identities i on i.id = m.chat_identity_id where i.platform_user_id = $1 and m.message like '%marcaplantada%'";
  await expect.poll(() => room.rows(recorded, [ZORAIDA]), { timeout: 30_000 }).toEqual([{ messages: 1 }]);
  return chat;
}

function busOf(user: User): Promise<Bus> {
  const nkeySeed = room.fleet.natsUsers?.seeds[user];
  return connectBus({ servers: room.fleet.urls.nats, name: "test", nkeySeed, inboxPrefix: inboxPrefixOf(user) });
}

/** Every place in which a mark is found: streams, buckets, tables, stored files, traces, and the raw bytes of the log. */
async function hits(): Promise<string[]> {
  const places: string[] = [];
  const look = (place: string, text: string) => {
    for (const mark of MARKS) if (text.includes(mark)) places.push(`${place}: ${mark}`);
  };
  for (const stream of [
    "CONVERSATIONS",
    "TIMERS",
    "DEADLETTERS",
    "OPERATIONS",
    "KV_JOURNAL",
    "KV_LEASES",
    "KV_LIMITS",
    "KV_DESCRIPTIONS",
    "KV_ATTEMPTS",
  ]) {
    look(stream, JSON.stringify(await jsonOf(stream, [">"])));
  }
  const tables = await room.rows(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
    [],
  );
  for (const { name } of tables) {
    look(`table ${name}`, JSON.stringify(await room.rows(`select t::text from public."${name}" t`, [])));
  }
  look("traces", await (await fetch(`${room.fleet.urls.simulators}/simulator/langfuse/traces`)).text());
  for (const file of await storedFiles()) places.push(`file ${file}`);
  for (const file of await filesBelow(join(dirname(room.fleet.logs), "nats"))) {
    // Words stand in states that the brain trimmed earlier too: those bytes go when the server compacts or ages out their block.
    if ((await readFile(file)).includes(ZORAIDA)) places.push(`bytes of ${file}`);
  }
  return places;
}

async function jsonOf(stream: string, filters: string[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const message of bus.follow({ stream, filters, from: "first" })) found.push(message.json());
  return found;
}

/** Only one customer sent a file. */
async function storedFiles(): Promise<string[]> {
  const files = await filesBelow(dirname(room.fleet.logs));
  return files.filter((file) => file.includes("chat-media"));
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
