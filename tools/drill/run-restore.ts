import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Case, type Outcome, playCase, playUntilLoss } from "./restore/play.ts";

const CASES: readonly Case[] = [
  { name: "log older, goes on behind the database", log: "early", database: "late", past: true },
  { name: "log older, as it was", log: "early", database: "late", past: false },
  { name: "database older", log: "late", database: "early", past: false },
];

/** `npm run drill:restore`: loses both stores, restores backups of different instants, and tells what that cost. */
export async function runRestore(): Promise<void> {
  process.setMaxListeners(50);
  await using stack = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), "skytide-restore-"));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const loss = await playUntilLoss(root, (text) => console.log(text));
  const outcomes: Outcome[] = [];
  for (const one of CASES) {
    console.log(`restore: ${one.name}`);
    outcomes.push(await playCase(root, loss, one));
  }
  console.log(`\n${tableOf(outcomes)}`);
  const broken = outcomes.flatMap(brokenIn);
  for (const line of broken) console.log(`broken: ${line}`);
  if (broken.length > 0) process.exitCode = 1;
}

/** The invariants that no restore by the book may break; the case that leaves the book out shows why it is there. */
export function brokenIn(one: Outcome): string[] {
  const byTheBook = one.past || one.log === "late";
  return [
    ...(one.answeredTwice > 0 ? [`${one.name}: ${one.answeredTwice} answers came twice`] : []),
    ...(one.bookedTwice > 0 ? [`${one.name}: ${one.bookedTwice} customers have two appointments`] : []),
    ...(one.promisesBroken > one.brokenAndReported ? [`${one.name}: a promise is broken and reconcile is silent`] : []),
    ...(one.eventsLacking.after > 0 ? [`${one.name}: the log still lacks ${one.eventsLacking.after} changes`] : []),
    ...(byTheBook && one.ignored.length > 0 ? [`${one.name}: ${one.ignored.join(", ")} got no answer`] : []),
  ];
}

function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(
    (one) =>
      `| ${one.name} | ${one.answeredTwice} | ${one.ignored.length === 0 ? "0" : `${one.ignored.length} (${one.ignored.join(", ")})`} | ${one.promisesBroken} | ${one.brokenAndReported} | ${one.bookedTwice} | ${one.eventsLacking.before} → ${one.eventsLacking.after} | ${one.recorded.before} → ${one.recorded.after} |`,
  );
  return `| restored | answered twice | wrote afterwards, no answer | promised, not in the database | of those reported | booked twice | events that the log lacks → after repair | recorded messages → after repair |
|---|---:|---|---:|---:|---:|---:|---:|
${rows.join("\n")}`;
}
