import { setTimeout as pause } from "node:timers/promises";
import { type Bus, DURABLES, eraseConversation, findOnLog } from "@skytide/bus";
import type { Coordination, Lease } from "@skytide/coordination";
import type { CustomerRef, ErasedCustomer, Store } from "@skytide/store";
import { CliError } from "../cli-error.ts";
import type { LangfuseTraces } from "./langfuse-traces.ts";

export interface Deps {
  bus: Bus;
  store: Store;
  coordination: Coordination;
  /** None where no Langfuse is set: there are no traces then. */
  traces: LangfuseTraces | null;
  note(line: string): void;
  /** How long the consumers may take to pass the erasure. */
  passWithinMs: number;
}

/** What went where, and what is left: nothing, when it is complete. */
export interface ErasureReport {
  chats: string[];
  events: number;
  files: number;
  traces: number;
  left: { log: number; files: number; traces: number };
}

const LEASE_WITHIN_MS = 60_000;
const BETWEEN_MS = 250;

/**
 * Erases a customer everywhere: first the database with its tombstone, then log, journals, files and traces; once the
 * consumers have passed that point the same again, because what was in their hands may have written more. May stop anywhere
 * and run again.
 */
export async function eraseCustomer(deps: Deps, customer: CustomerRef): Promise<ErasureReport> {
  const { organizationId } = customer;
  const report: ErasureReport = { chats: [], events: 0, files: 0, traces: 0, left: { log: 0, files: 0, traces: 0 } };
  const { chats } = await deps.store.findCustomer(customer);
  await using leases = new AsyncDisposableStack();
  for (const chat of chats) {
    for (const key of [`${organizationId}.${chat}`, `send.${organizationId}.${chat}`]) {
      leases.defer((await takeLease(deps, key)).release);
    }
  }
  deps.note(`Nobody works on ${chats.length === 1 ? "the conversation" : `the ${chats.length} conversations`} now.`);
  const first = await eraseOnce(deps, customer, report);
  report.chats = first.chats;
  await untilTold(deps, organizationId, first.chats);
  await untilPassed(deps);
  const second = await eraseOnce(deps, customer, report);
  report.left = await findLeft(deps, organizationId, second);
  if (isClear(report)) await deps.store.finishErasure({ organizationId, chats: second.chats });
  return report;
}

/** True when a search found nothing any more. */
export function isClear({ left }: ErasureReport): boolean {
  return left.log + left.files + left.traces === 0;
}

async function takeLease({ coordination, note }: Deps, key: string): Promise<Lease> {
  const deadline = performance.now() + LEASE_WITHIN_MS;
  for (let said = false; ; said = true) {
    const lease = await coordination.leases.acquire(key);
    if (lease !== null) return lease;
    if (performance.now() > deadline)
      throw new CliError("The conversation stays busy. Nothing was erased; try again in a minute.");
    if (!said) note("The conversation is being worked on; waiting for its lease.");
    await pause(BETWEEN_MS);
  }
}

async function eraseOnce(deps: Deps, customer: CustomerRef, report: ErasureReport): Promise<ErasedCustomer> {
  const { bus, coordination, note, store, traces } = deps;
  const { organizationId } = customer;
  const erased = await store.eraseCustomer(customer);
  for (const chat of erased.chats) {
    report.events += await eraseConversation(bus, { organizationId, chat, appointmentIds: erased.appointmentIds });
    await coordination.journals.forget(`${organizationId}.${chat}`);
    await coordination.limits.forget(`pair.${organizationId}.${chat}`);
    report.traces += (await traces?.eraseSession(chat)) ?? 0;
  }
  for (const chatIdentityId of erased.identityIds)
    report.files += await store.removeMediaOf({ organizationId, chatIdentityId });
  note(
    `Database, log, journals, files${traces ? ", traces" : ""}: ${report.events} events, ${report.files} files, ${report.traces} traces removed.`,
  );
  return erased;
}

/** Subscribers hear of it from the log: the relay publishes `contact.erased` within a second. */
async function untilTold(
  { bus, note, passWithinMs }: Deps,
  organizationId: string,
  chats: readonly string[],
): Promise<void> {
  const deadline = performance.now() + passWithinMs;
  for (const chat of chats) {
    while ((await bus.lastSequence(`conv.${organizationId}.${chat}.contact`)) === 0) {
      if (performance.now() > deadline) {
        throw new CliError(
          "contact.erased does not come: does ingest's relay run? Run this again, it goes on where it stopped.",
        );
      }
      await pause(BETWEEN_MS);
    }
  }
  note("contact.erased is on the log.");
}

async function untilPassed({ bus, note, passWithinMs }: Deps): Promise<void> {
  const { lastSequence } = await bus.streamInfo("CONVERSATIONS");
  const deadline = performance.now() + passWithinMs;
  for (;;) {
    const behind: string[] = [];
    for (const { stream, name } of DURABLES) {
      if (stream !== "CONVERSATIONS") continue;
      const { ackFloor, ackPending, pending } = await bus.consumerInfo(stream, name);
      if (ackFloor < lastSequence && pending + ackPending > 0) behind.push(name);
    }
    if (behind.length === 0) return note("Every consumer has passed that point.");
    if (performance.now() > deadline) {
      throw new CliError(
        `${behind.join(", ")} did not pass the erasure in time. Run this again when they have caught up (skytide lag).`,
      );
    }
    await pause(BETWEEN_MS);
  }
}

async function findLeft(deps: Deps, organizationId: string, erased: ErasedCustomer): Promise<ErasureReport["left"]> {
  const { bus, store, traces } = deps;
  const left = { log: 0, files: 0, traces: 0 };
  for (const chat of erased.chats) {
    const subjects = await findOnLog(bus, { organizationId, chat, appointmentIds: erased.appointmentIds });
    const told = subjects[`conv.${organizationId}.${chat}.contact`] ?? 0;
    left.log += Object.values(subjects).reduce((sum, count) => sum + count, 0) - told;
    left.traces += (await traces?.countSession(chat)) ?? 0;
  }
  for (const chatIdentityId of erased.identityIds)
    left.files += await store.removeMediaOf({ organizationId, chatIdentityId });
  return left;
}
