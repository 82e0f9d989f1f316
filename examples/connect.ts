import { type Consumer, connect, nkeyAuthenticator } from "nats";
import { openPace } from "./pace.ts";

/** What `skytide subscribers add` printed, from the environment. */
function access(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: take it from what skytide subscribers add printed`);
  return value;
}

interface Durable {
  consumer: Consumer;
  /** To be waited for before each event: the pace of a replay that was opened with `--rate`; a live durable has none. */
  pace(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the subscriber's durable. A key that is refused is thrown; a connection that is lost comes back by itself. */
export async function openDurable(): Promise<Durable> {
  const nats = await connect({
    servers: access("NATS_URL"),
    authenticator: nkeyAuthenticator(new TextEncoder().encode(access("NATS_NKEY_SEED"))),
    maxReconnectAttempts: -1,
    // While the server learns of new subscribers a key may be refused for a moment.
    ignoreAuthErrorAbort: true,
    waitOnFirstConnect: false,
  });
  const jetStream = nats.jetstream({ apiPrefix: access("SKYTIDE_API_PREFIX") });
  const consumer = await jetStream.consumers.get(access("SKYTIDE_STREAM"), access("SKYTIDE_DURABLE"));
  const rate = (await consumer.info(true)).config.metadata?.["skytide.rate"];
  return { consumer, pace: openPace(rate === undefined ? undefined : Number(rate)), close: () => nats.drain() };
}

/** Calls back once when the process is asked to end. */
export function onStop(stop: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
}
