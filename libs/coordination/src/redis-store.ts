import { PermanentError, RetryableError } from "@skytide/errors";
import type { RedisClient } from "./redis-client.ts";
import { APPEND, RELEASE, RENEW, TAKE, TAKE_TOKEN } from "./redis-scripts.ts";
import { type CoordinationStore, checkKey, JOURNAL_LIMIT, JOURNAL_TTL_MS } from "./store.ts";
import type { Journal, JournalEntry } from "./types.ts";

/** Leases, journals and limits in Redis; one key each, so a cluster works too. */
export function createRedisStore(redis: RedisClient): CoordinationStore {
  return {
    async take(key, ttlMs) {
      const name = `skytide:lease:${key}`;
      const owner = crypto.randomUUID();
      if ((await redis.evaluate(TAKE, name, [owner, ttlMs])) !== 1) return null;
      return {
        renew: async () => (await redis.evaluate(RENEW, name, [owner, ttlMs])) === 1,
        release: async () => void (await redis.evaluate(RELEASE, name, [owner])),
      };
    },
    journals: {
      open: (turnKey) => openJournal(redis, `skytide:journal:${checkKey(turnKey)}`),
      forget: (key) => redis.removeMatching(`skytide:journal:${checkKey(key)}.*`),
    },
    limits: {
      forget: (key) => redis.remove(`skytide:limit:${checkKey(key)}`),
      async take(key, { tokens, perMs, burst }) {
        const ms = Number(await redis.evaluate(TAKE_TOKEN, `skytide:limit:${checkKey(key)}`, [perMs / tokens, burst]));
        return ms > 0 ? { kind: "wait", ms } : { kind: "ok" };
      },
    },
    check: () => redis.ping(),
    close: () => redis.close(),
  };
}

async function openJournal(redis: RedisClient, key: string): Promise<Journal> {
  const entries = (await redis.list(key)).map((text) => JSON.parse(text) as JournalEntry);
  return {
    entries,
    async append({ kind, result }) {
      if (entries.length >= JOURNAL_LIMIT) throw new PermanentError("journal-full", "The turn has too many steps.");
      const entry: JournalEntry = { kind, result };
      const written = await redis.evaluate(APPEND, key, [entries.length, JSON.stringify(entry), JOURNAL_TTL_MS]);
      if (written !== 1) throw new RetryableError("journal-conflict", "Another process goes on with this turn.");
      entries.push(entry);
    },
    drop: () => redis.remove(key),
  };
}
