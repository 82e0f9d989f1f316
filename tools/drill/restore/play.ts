import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Divergence } from "../../skytide/src/reconcile/compare.ts";
import { AURORA, PEOPLE, type Person, phoneOf } from "./people.ts";
import { type Backup, backUp, openWorld, rebuild, type World } from "./world.ts";

const NAMES = Object.keys(PEOPLE) as Person[];
/** What a restart does of its own accord has happened by then. */
const SETTLE_MS = 8_000;
const ANSWER_WITHIN_MS = 30_000;

/** A pair of backups and how they are put back. */
export interface Case {
  name: string;
  log: "early" | "late";
  database: "early" | "late";
  /** The log goes on behind what the database has seen. */
  past: boolean;
}

/** What one restore cost. */
export interface Outcome extends Case {
  /** Answers that came although nobody had written since the restore. */
  answeredTwice: number;
  /** Who wrote after the restore and got no answer. */
  ignored: Person[];
  /** Promised on a phone, not in the database. */
  promisesBroken: number;
  /** Of those, how many `skytide reconcile` names. */
  brokenAndReported: number;
  /** Customers with more than one appointment for the same thing. */
  bookedTwice: number;
  /** Changes that the log lacks before and after they were published again. */
  eventsLacking: { before: number; after: number };
  /** Messages in the database's history of conversations, before and after the recorder read the log again. */
  recorded: { before: number; after: number };
}

/** What was lost: the outside world at the end, and the backups. */
interface Loss {
  folder: string;
  since: Date;
  backups: Record<"early" | "late", Backup>;
  lastSequence: number;
}

/** Plays until the loss of both stores. */
export async function playUntilLoss(root: string, note: (text: string) => void): Promise<Loss> {
  const folder = join(root, "fleet");
  const since = new Date(Date.now() - 1_000);
  const world = await openWorld(folder);
  try {
    const phones = phonesOf(world);
    await phones.before.book();
    note("early backups");
    const early = await backUp(world, join(root, "early"));
    await phones.between.book();
    await phones.open.book(true);
    note("late backups");
    const late = await backUp(world, join(root, "late"));
    await phones.after.ask("¿Dónde están ubicados?");
    await pause(SETTLE_MS / 4);
    const [row] = await world.rows("select max(sequence)::int as last from outbound_sends");
    note("the stores are lost");
    world.fleet.killAll();
    return { folder, since, backups: { early, late }, lastSequence: Number(row?.last) };
  } finally {
    await world.fleet.stop();
  }
}

/** Restores one pair of backups, lets the customers go on, and counts. */
export async function playCase(root: string, loss: Loss, one: Case): Promise<Outcome> {
  const folder = join(root, one.name.replaceAll(/\W+/g, "-"));
  const pair = { log: loss.backups[one.log].log, database: loss.backups[one.database].database };
  await rebuild(loss.folder, folder, pair, one.past ? loss.lastSequence + 1_000 : undefined);
  const world = await openWorld(folder);
  try {
    return { ...one, ...(await observe(world, loss.since)) };
  } finally {
    await world.fleet.stop();
  }
}

async function observe(world: World, since: Date): Promise<Omit<Outcome, keyof Case>> {
  const phones = phonesOf(world);
  const count = async () => (await Promise.all(NAMES.map((name) => phones[name].answers()))).flat().length;
  const answered = await count();
  const reconcile = async () =>
    JSON.parse(await world.skytide("--json", "reconcile", "--since", since.toISOString())) as Divergence;
  const found = await reconcile();
  const promises = await brokenPromises(world, phones);
  await pause(SETTLE_MS);
  const answeredTwice = (await count()) - answered;

  const ignored: Person[] = [];
  const asks = NAMES.map(async (name) => {
    const text = name === "open" ? "sí, agéndala" : "¿Cuánto cuesta la limpieza facial?";
    if (!(await phones[name].ask(text, ANSWER_WITHIN_MS))) ignored.push(name);
  });
  await Promise.all(asks);

  const recordedBefore = await recorded(world);
  await world.skytide("reconcile", "--since", since.toISOString(), "--publish-again", "--record-again", "--yes");
  await pause(SETTLE_MS);
  const lacking = ({ published }: Divergence) => Math.max(0, published.byDatabase - published.onLog);
  return {
    answeredTwice,
    ignored,
    promisesBroken: promises,
    brokenAndReported: found.forgotten.length,
    bookedTwice: (await bookings(world)).filter((times) => times > 1).length,
    eventsLacking: { before: lacking(found), after: lacking(await reconcile()) },
    recorded: { before: recordedBefore, after: await recorded(world) },
  };
}

function phonesOf({ fleet }: World) {
  const of = (person: Person) => phoneOf(fleet.urls.simulators, person);
  return { before: of("before"), between: of("between"), open: of("open"), after: of("after") };
}

const BOOKINGS = `
  select count(*)::int as times from appointments a join contacts c on c.id = a.contact_id
  where a.organization_id = $1 and a.status <> 'cancelada' and regexp_replace(c.country_code || c.phone, '\\D', '', 'g') = $2`;

async function bookings(world: World): Promise<number[]> {
  const rows = NAMES.map((name) => world.rows(BOOKINGS, [AURORA.organizationId, PEOPLE[name]]));
  return (await Promise.all(rows)).map(([row]) => Number(row?.times));
}

async function brokenPromises(world: World, phones: ReturnType<typeof phonesOf>): Promise<number> {
  const booked = await bookings(world);
  const promised = await Promise.all(NAMES.map((name) => phones[name].promises()));
  return promised.reduce((sum, times, index) => sum + Math.max(0, times - (booked[index] ?? 0)), 0);
}

async function recorded(world: World): Promise<number> {
  const [row] = await world.rows("select count(*)::int as messages from chat_messages");
  return Number(row?.messages);
}
