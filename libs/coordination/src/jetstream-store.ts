import { setTimeout as pause } from "node:timers/promises";
import type { Bus, KeyValueBucket, KeyValueEntry } from "@skytide/bus";
import { PermanentError, RetryableError } from "@skytide/errors";
import { takeToken } from "./rate.ts";
import { type CoordinationStore, checkKey, JOURNAL_LIMIT } from "./store.ts";
import type { Journal, JournalEntry, Limits } from "./types.ts";

/** Leases, journals and limits in the buckets that `provision` made. */
export function createJetStreamStore(bus: Bus): CoordinationStore {
  const leases = bus.keyValue("LEASES");
  const journals = bus.keyValue("JOURNAL");
  return {
    async take(key, ttlMs) {
      let revision = await leases.create(key, {}, { ttlMs });
      if (revision === null) return null;
      return {
        async renew() {
          revision = revision === null ? null : await leases.update(key, {}, revision, { ttlMs });
          return revision !== null;
        },
        async release() {
          if (revision !== null) await leases.remove(revision);
        },
      };
    },
    journals: {
      open: (turnKey) => openJournal(journals, checkKey(turnKey)),
      // Every key below, in one request: the bucket's keys are subjects.
      forget: (key) => journals.purge(`${checkKey(key)}.>`),
    },
    limits: createLimits(bus.keyValue("LIMITS")),
    async check() {
      await bus.streamInfo("KV_LEASES");
    },
    async close() {},
  };
}

interface StoredEntry extends JournalEntry {
  step: number;
}

async function openJournal(bucket: KeyValueBucket, key: string): Promise<Journal> {
  let stored = await bucket.history(key);
  if (!isWhole(stored)) {
    // Its first steps have expired: the rest says nothing without them.
    await bucket.purge(key);
    stored = [];
  }
  let revision = stored.at(-1)?.revision ?? 0;
  const entries = stored.map(({ value }) => {
    const { kind, result } = value as StoredEntry;
    return { kind, result };
  });
  return {
    entries,
    async append({ kind, result }) {
      if (entries.length >= JOURNAL_LIMIT) throw new PermanentError("journal-full", "The turn has too many steps.");
      const entry: StoredEntry = { step: entries.length, kind, result };
      const written = await bucket.update(key, entry, revision);
      if (written === null) throw new RetryableError("journal-conflict", "Another process goes on with this turn.");
      revision = written;
      entries.push({ kind, result });
    },
    drop: () => bucket.purge(key),
  };
}

function isWhole(stored: KeyValueEntry[]): boolean {
  return stored.every(({ value }, index) => (value as StoredEntry).step === index);
}

const TAKE_ATTEMPTS = 20;
const CONFLICT_MS = 10;

function createLimits(bucket: KeyValueBucket): Limits {
  return {
    forget: (key) => bucket.purge(checkKey(key)),
    async take(key, rate) {
      checkKey(key);
      for (let attempt = 0; attempt < TAKE_ATTEMPTS; attempt += 1) {
        const entry = await bucket.get(key);
        const fullAt = typeof entry?.value === "number" ? entry.value : 0;
        const taken = takeToken(fullAt, Date.now(), rate);
        if (taken.kind === "wait") return taken;
        if ((await bucket.update(key, taken.fullAt, entry?.revision ?? 0)) !== null) return { kind: "ok" };
        await pause(Math.random() * CONFLICT_MS);
      }
      return { kind: "wait", ms: Math.ceil(rate.perMs / rate.tokens) };
    },
  };
}
