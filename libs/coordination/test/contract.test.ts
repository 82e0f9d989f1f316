import { connectBus } from "@skytide/bus";
import { type Coordination, connectCoordination } from "@skytide/coordination";
import { test as base, switchableProxy, until } from "@skytide/testing";
import { Redis } from "ioredis";
import { describe, expect } from "vitest";

/** One store behind the library, with what a test does to it from outside. */
interface Store {
  /** Another process's connection. */
  connect(): Promise<Coordination>;
  /** A connection that can be cut. */
  connectCuttable(): Promise<{ coordination: Coordination; cut(): void; heal(): void }>;
  /** Removes a lease behind its owner's back. */
  removeLease(key: string): Promise<void>;
}

const onJetStream = base.extend("store", async ({ nats, bus, stack }): Promise<Store> => {
  return {
    async connect() {
      return closing(await connectCoordination({ bus }), stack);
    },
    async connectCuttable() {
      const proxy = await switchableProxy({ port: nats.port, host: "127.0.0.1" });
      stack.defer(() => proxy.stop());
      const cuttable = await connectBus({ servers: `nats://127.0.0.1:${proxy.port}`, name: "test" });
      stack.defer(() => cuttable.drain());
      const coordination = closing(await connectCoordination({ bus: cuttable }), stack);
      return { coordination, cut: proxy.block, heal: proxy.unblock };
    },
    removeLease: (key) => bus.keyValue("LEASES").purge(key),
  };
});

const onRedis = base.extend("store", async ({ bus, redisUrl, stack, skip }): Promise<Store> => {
  const url = redisUrl ?? skip("there is no redis-server on the PATH");
  return {
    async connect() {
      return closing(await connectCoordination({ bus, redisUrl: url }), stack);
    },
    async connectCuttable() {
      const proxy = await switchableProxy(
        url.startsWith("redis:") ? { port: Number(new URL(url).port), host: "127.0.0.1" } : { path: url },
      );
      stack.defer(() => proxy.stop());
      const throughProxy = `redis://127.0.0.1:${proxy.port}`;
      const coordination = closing(await connectCoordination({ bus, redisUrl: throughProxy }), stack);
      return { coordination, cut: proxy.block, heal: proxy.unblock };
    },
    async removeLease(key) {
      const redis = new Redis(url);
      stack.defer(() => redis.disconnect());
      expect(await redis.del(`skytide:lease:${key}`)).toBe(1);
    },
  };
});

function closing(coordination: Coordination, stack: AsyncDisposableStack): Coordination {
  stack.defer(() => coordination.close());
  return coordination;
}

const newKey = () => `org.${crypto.randomUUID()}`;
const short = { ttlMs: 2_000, renewMs: 500 };

describe.concurrent.each([
  ["JetStream", onJetStream],
  ["Redis", onRedis],
])("%s", (_name, test) => {
  describe("a lease", () => {
    test("has one owner at a time and is free after its release", async ({ store, expect }) => {
      const [one, other] = [await store.connect(), await store.connect()];
      const key = newKey();
      const lease = await one.leases.acquire(key);
      expect(await other.leases.acquire(key)).toBeNull();
      expect(await one.leases.acquire(key)).toBeNull();
      await lease?.release();
      expect(lease?.lost.aborted).toBe(false);
      expect(await other.leases.acquire(key)).not.toBeNull();
    });

    test("goes to exactly one of many who ask at once", async ({ store, expect }) => {
      const processes = await Promise.all(Array.from({ length: 4 }, () => store.connect()));
      const key = newKey();
      const leases = await Promise.all(
        Array.from({ length: 40 }, (_, index) => processes[index % 4]?.leases.acquire(key)),
      );
      expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
    });

    test("renews itself beyond its time to live", async ({ store, expect }) => {
      const [one, other] = [await store.connect(), await store.connect()];
      const key = newKey();
      const lease = await one.leases.acquire(key, short);
      const since = performance.now();
      await expect.poll(() => performance.now() - since, { timeout: 6_000, interval: 200 }).toBeGreaterThan(4_000);
      expect(lease?.lost.aborted).toBe(false);
      expect(await other.leases.acquire(key)).toBeNull();
    });

    test("of a crashed owner frees itself", async ({ store, expect }) => {
      const [crashed, next] = [await store.connect(), await store.connect()];
      const key = newKey();
      await crashed.leases.acquire(key, short);
      const since = performance.now();
      await crashed.close();
      expect(await next.leases.acquire(key)).toBeNull();
      await expect.poll(() => next.leases.acquire(key), { timeout: 5_000, interval: 50 }).not.toBeNull();
      expect(performance.now() - since).toBeGreaterThan(1_500);
      expect(performance.now() - since).toBeLessThan(3_000);
    });

    test("that is taken away aborts its work at the next renewal", async ({ store, expect }) => {
      const one = await store.connect();
      const key = newKey();
      const lease = await one.leases.acquire(key, short);
      await store.removeLease(key);
      await expect.poll(() => lease?.lost.aborted, { timeout: 5_000 }).toBe(true);
      expect(lease?.lost.reason).toMatchObject({ name: "RetryableError", code: "lease-lost" });
    });

    test("that cannot be renewed aborts before another owner can have it, and its late release harms nobody", async ({
      store,
      expect,
    }) => {
      const { coordination, cut, heal } = await store.connectCuttable();
      const other = await store.connect();
      const key = newKey();
      const lease = await coordination.leases.acquire(key, short);
      cut();
      const next = await expect
        .poll(() => other.leases.acquire(key), { timeout: 5_000, interval: 20 })
        .not.toBeNull()
        .then(() => lease?.lost.aborted);
      expect(next).toBe(true);
      heal();
      await lease?.release();
      expect(await other.leases.acquire(key)).toBeNull();
    });

    test("key with a wildcard is refused", async ({ store, expect }) => {
      const { leases } = await store.connect();
      await expect(leases.acquire("org.*")).rejects.toThrow(RangeError);
    });
  });

  describe("a journal", () => {
    test("gives the next process every step in order, until it is dropped", async ({ store, expect }) => {
      const [one, other] = [await store.connect(), await store.connect()];
      const key = newKey();
      const journal = await one.journals.open(key);
      expect(journal.entries).toEqual([]);
      const steps = Array.from({ length: 12 }, (_, index) => ({
        kind: `step-${index}`,
        result: { text: "sí, a las 3 ", list: [index, null] },
      }));
      for (const step of steps) await journal.append(step);
      expect(journal.entries).toEqual(steps);
      const reopened = await other.journals.open(key);
      expect(reopened.entries).toEqual(steps);
      await reopened.append({ kind: "last", result: null });
      await reopened.drop();
      expect((await one.journals.open(key)).entries).toEqual([]);
    });

    test("refuses a second writer of the same turn", async ({ store, expect }) => {
      const [one, other] = [await store.connect(), await store.connect()];
      const key = newKey();
      const [first, second] = [await one.journals.open(key), await other.journals.open(key)];
      await first.append({ kind: "decide", result: 1 });
      await expect(second.append({ kind: "decide", result: 2 })).rejects.toMatchObject({ code: "journal-conflict" });
      expect(second.entries).toEqual([]);
      expect((await one.journals.open(key)).entries).toEqual([{ kind: "decide", result: 1 }]);
    });

    test("is forgotten with all others below its key, and no others", async ({ store, expect }) => {
      const { journals } = await store.connect();
      const [key, other] = [newKey(), newKey()];
      for (const turn of [`${key}.1`, `${key}.2.x`, `${other}.1`]) {
        await (await journals.open(turn)).append({ kind: "step", result: turn });
      }
      await journals.forget(key);
      expect((await journals.open(`${key}.1`)).entries).toEqual([]);
      expect((await journals.open(`${key}.2.x`)).entries).toEqual([]);
      expect((await journals.open(`${other}.1`)).entries).toHaveLength(1);
    });

    test("does not grow without end", async ({ store, expect }) => {
      const { journals } = await store.connect();
      const key = newKey();
      const journal = await journals.open(key);
      for (let step = 0; step < 64; step += 1) await journal.append({ kind: "step", result: step });
      await expect(journal.append({ kind: "step", result: 64 })).rejects.toMatchObject({ code: "journal-full" });
      expect((await journals.open(key)).entries).toHaveLength(64);
    });
  });

  describe("a limit", () => {
    test("gives its burst at once and then says how long to wait", async ({ store, expect }) => {
      const [one, other] = [await store.connect(), await store.connect()];
      const key = newKey();
      const rate = { tokens: 1, perMs: 60_000, burst: 3 };
      const taken = await Promise.all([one, other, one].map(({ limits }) => limits.take(key, rate)));
      expect(taken).toEqual([{ kind: "ok" }, { kind: "ok" }, { kind: "ok" }]);
      const refused = await other.limits.take(key, rate);
      if (refused.kind !== "wait") throw new Error("a fourth token was given");
      expect(refused.ms).toBeGreaterThan(50_000);
      expect(refused.ms).toBeLessThanOrEqual(60_000);
    });

    test("lets replicas together through at its rate and no faster", async ({ store, expect }) => {
      const processes = [await store.connect(), await store.connect()];
      const key = newKey();
      const rate = { tokens: 10, perMs: 1_000, burst: 1 };
      const since = performance.now();
      let given = 0;
      const take = async (coordination: Coordination) => {
        while (performance.now() - since < 1_500) {
          const answer = await coordination.limits.take(key, rate);
          if (answer.kind === "ok") given += 1;
          else await new Promise((resolve) => setTimeout(resolve, answer.ms));
        }
      };
      await Promise.all(processes.map(take));
      expect(given).toBeGreaterThan(8);
      expect(given).toBeLessThanOrEqual(17);
    });
  });

  test("a store that is away is said so by the check, and found again", async ({ store, expect }) => {
    const { coordination, cut, heal } = await store.connectCuttable();
    await coordination.check();
    cut();
    await expect(coordination.check()).rejects.toMatchObject({ name: "RetryableError" });
    heal();
    await expect.poll(() => coordination.check().then(() => "there"), { timeout: 10_000 }).toBe("there");
  });
});

onRedis("every command of Redis is told with how it ended", async ({ bus, redisUrl, stack, skip }) => {
  const url = redisUrl ?? skip("there is no redis-server on the PATH");
  const proxy = await switchableProxy({ path: url });
  stack.defer(() => proxy.stop());
  const told: string[] = [];
  const onRequest = (outcome: string) => void told.push(outcome);
  const redisThroughProxy = `redis://127.0.0.1:${proxy.port}`;
  const coordination = closing(await connectCoordination({ bus, redisUrl: redisThroughProxy, onRequest }), stack);
  await coordination.check();
  expect(new Set(told)).toEqual(new Set(["ok"]));
  proxy.block();
  const failing = coordination.check().catch((error: unknown) => error);
  await until(() => expect(told).toEqual(expect.arrayContaining([expect.stringMatching(/timeout|network/)])));
  proxy.unblock();
  await failing;
});
