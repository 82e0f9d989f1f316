import { setTimeout as pause } from "node:timers/promises";
import { PermanentError, RetryableError } from "@skytide/errors";
import type { DependencyOutcome, RequestObserver } from "@skytide/telemetry";
import { Redis } from "ioredis";

/** Redis as this library uses it; every failure is one of our errors. */
export interface RedisClient {
  evaluate(script: string, key: string, args: (string | number)[]): Promise<unknown>;
  list(key: string): Promise<string[]>;
  remove(key: string): Promise<void>;
  /** Removes every key that a glob matches, page by page. */
  removeMatching(pattern: string): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

const CONNECT_WITHIN_MS = 10_000;
const WITHIN_MS = 3_000;
const COMMAND_MS = 1_000;
const BETWEEN_MS = 100;
const SCANNED = 500;
const LONGEST_RECONNECT_MS = 1_000;
/** Replies of a server that is starting, failing over or resharding. */
const TEMPORARY = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY)/;

/** Connects; reconnects for ever afterwards. */
export async function connectRedis(url: string, onRequest?: RequestObserver): Promise<RedisClient> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: COMMAND_MS,
    commandTimeout: COMMAND_MS,
    // Nothing is sent long after its caller gave up: we try again ourselves.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * BETWEEN_MS, LONGEST_RECONNECT_MS),
  });
  const untilAnswered = createUntilAnswered(onRequest);
  // Each command reports its own failure; without a listener the client would write to the console.
  redis.on("error", () => {});
  // A first try that fails goes on in the background: the ping below decides.
  await redis.connect().catch(() => {});
  try {
    await untilAnswered(() => redis.ping(), CONNECT_WITHIN_MS);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return {
    evaluate: (script, key, args) => untilAnswered(() => redis.eval(script, 1, key, ...args)),
    list: (key) => untilAnswered(() => redis.lrange(key, 0, -1)),
    remove: async (key) => void (await untilAnswered(() => redis.del(key))),
    async removeMatching(pattern) {
      let cursor = "0";
      do {
        const at = cursor;
        const [next, keys] = await untilAnswered(() => redis.scan(at, "MATCH", pattern, "COUNT", SCANNED));
        if (keys.length > 0) await untilAnswered(() => redis.del(...keys));
        cursor = next;
      } while (cursor !== "0");
    },
    ping: async () => void (await untilAnswered(() => redis.ping())),
    close: async () => redis.disconnect(),
  };
}

function createUntilAnswered(onRequest: RequestObserver = () => {}) {
  return async <T>(command: () => Promise<T>, withinMs = WITHIN_MS): Promise<T> => {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const started = performance.now();
      try {
        const answer = await command();
        onRequest("ok", performance.now() - started);
        return answer;
      } catch (cause) {
        onRequest(outcomeOf(cause), performance.now() - started);
        if (!isTemporary(cause)) {
          throw new PermanentError("coordination-refused", "Redis refused the command or the password.", { cause });
        }
        if (performance.now() > deadline) {
          throw new RetryableError("coordination-unavailable", "Redis did not answer in time.", { cause });
        }
      }
      await pause(BETWEEN_MS);
    }
  };
}

function outcomeOf(error: unknown): DependencyOutcome {
  if (!isTemporary(error)) return "client_error";
  if (!(error instanceof Error)) return "network";
  if (error.name === "ReplyError") return "server_error";
  return error.message === "Command timed out" ? "timeout" : "network";
}

function isTemporary(error: unknown): boolean {
  return !(error instanceof Error) || error.name !== "ReplyError" || TEMPORARY.test(error.message);
}
