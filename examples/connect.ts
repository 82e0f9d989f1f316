import { type Consumer, connect, nkeyAuthenticator } from "nats";

/** What `skytide subscribers add` printed, from the environment. */
function access(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: take it from what skytide subscribers add printed`);
  return value;
}

/** Opens the subscriber's durable. A key that is refused is thrown; a connection that is lost comes back by itself. */
export async function openDurable(): Promise<{ consumer: Consumer; close(): Promise<void> }> {
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
  return { consumer, close: () => nats.drain() };
}

/** Calls back once when the process is asked to end. */
export function onStop(stop: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
}
