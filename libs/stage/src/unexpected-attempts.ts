import type { BusMessage } from "@skytide/bus";

/** Messages whose failures are remembered; the oldest is forgotten first. */
const MAX_REMEMBERED = 10_000;

/**
 * Counts unexpected errors per message in this process. The server's delivery count will not do: restarts and drains raise
 * it too, and a rollout must not put healthy messages aside.
 */
export function createUnexpectedAttempts() {
  const counts = new Map<string, number>();
  const keyOf = (message: BusMessage) => `${message.subject} ${message.sequence}`;
  return {
    /** Counts one more and answers how many there are. */
    count(message: BusMessage): number {
      const key = keyOf(message);
      const attempts = (counts.get(key) ?? 0) + 1;
      counts.delete(key);
      counts.set(key, attempts);
      const [oldest] = counts.keys();
      if (counts.size > MAX_REMEMBERED && oldest !== undefined) counts.delete(oldest);
      return attempts;
    },
    forget(message: BusMessage): void {
      counts.delete(keyOf(message));
    },
  };
}
