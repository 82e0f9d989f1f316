import type { Connection } from "./connection.ts";

interface Pull {
  inbox: string;
  open: number;
  endsAt: number;
}

export interface PullOptions {
  /** Subject of the consumer's `MSG.NEXT` API. */
  subject: string;
  inbox: string;
  prefetch: number;
  expiresMs: number;
  heartbeatMs: number;
}

/** Keeps as many messages requested as there are free places. */
export interface Pulls {
  /** Requests what is missing, given how many messages are in hand. */
  fill(inHand: number): void;
  /** A message came: the oldest pull gave it. */
  delivered(): void;
  /** The server ended a pull. */
  ended(inbox: string): void;
  /** Forgets every pull: the server or the connection lost them. */
  forget(): void;
  waiting(): boolean;
}

const GRACE_MS = 1_000;
const NANOSECONDS = 1_000_000;

/** The pull requests of one consumer. */
export function createPulls(connection: Connection, options: PullOptions): Pulls {
  const { subject, inbox, prefetch, expiresMs, heartbeatMs } = options;
  let pulls: Pull[] = [];
  let made = 0;
  // Small top-ups wait until they are worth a request: every pull occupies one of the server's waiting places.
  const worthwhile = Math.ceil(prefetch / 4);
  const request = (batch: number) => {
    made += 1;
    const reply = `${inbox}.${made}`;
    pulls.push({ inbox: reply, open: batch, endsAt: performance.now() + expiresMs + GRACE_MS });
    const body = { batch, expires: expiresMs * NANOSECONDS, idle_heartbeat: heartbeatMs * NANOSECONDS };
    connection.nats.publish(subject, JSON.stringify(body), { reply });
  };
  return {
    fill(inHand) {
      pulls = pulls.filter(({ open, endsAt }) => open > 0 && endsAt > performance.now());
      const requested = pulls.reduce((sum, { open }) => sum + open, 0);
      const free = prefetch - inHand - requested;
      if (free > 0 && (requested === 0 || free >= worthwhile) && connection.connected()) request(free);
    },
    delivered() {
      const oldest = pulls.find(({ open }) => open > 0);
      if (oldest) oldest.open -= 1;
    },
    ended(reply) {
      pulls = pulls.filter((pull) => pull.inbox !== reply);
    },
    forget() {
      pulls = [];
    },
    waiting: () => pulls.length > 0,
  };
}
