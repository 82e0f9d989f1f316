import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { PermanentError, RetryableError } from "@skytide/errors";
import {
  type Authenticator,
  type ConnectionOptions,
  connect,
  createInbox,
  credsAuthenticator,
  type NatsConnection,
  NatsError,
  nkeyAuthenticator,
} from "nats";
import type { BusOptions, BusStatus } from "./types.ts";

/** A connection that knows whether it is up. */
export interface Connection {
  nats: NatsConnection;
  connected(): boolean;
  /** True as soon as the connection is up or closed for good (then the next use says so), false when it is neither within `limitMs`. */
  whenConnected(limitMs: number): Promise<boolean>;
  /** Calls back after every reconnect, until the returned function is called. */
  onReconnect(callback: () => void): () => void;
  /** A new subject for replies that only this user may read. */
  newInbox(): string;
  closed: Promise<Error | undefined>;
}

const CONNECT_WITHIN_MS = 30_000;
const BETWEEN_ATTEMPTS_MS = 500;
/** A silent server is noticed after (MAX_PINGS_OUT + 1) pings: 9 s (decisions/0012). */
const PING_EVERY_MS = 3_000;
const MAX_PINGS_OUT = 2;
const RECONNECT_WAIT_MS = 250;

/** Connects, trying again until the limit; once connected it reconnects for ever. */
export async function openConnection(options: BusOptions): Promise<Connection> {
  const settings = await toConnectionOptions(options);
  const deadline = performance.now() + (options.connectTimeoutMs ?? CONNECT_WITHIN_MS);
  for (;;) {
    try {
      return watch(await connect(settings), options);
    } catch (error) {
      if (error instanceof NatsError && error.isAuthError()) {
        throw new PermanentError("log-refused", "The NATS server refused the user or its key.", { cause: error });
      }
      if (performance.now() + BETWEEN_ATTEMPTS_MS > deadline) {
        throw new RetryableError("log-unreachable", `No NATS server answers at ${addressesOf(options.servers)}.`, {
          cause: error,
        });
      }
    }
    await pause(BETWEEN_ATTEMPTS_MS);
  }
}

async function toConnectionOptions(options: BusOptions): Promise<ConnectionOptions> {
  const authenticator = await authenticatorOf(options);
  return {
    servers: options.servers.split(",").map((address) => address.trim()),
    name: options.name,
    pingInterval: PING_EVERY_MS,
    maxPingOut: MAX_PINGS_OUT,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_WAIT_MS,
    timeout: 5_000,
    noAsyncTraces: true,
    ...(options.inboxPrefix === undefined ? {} : { inboxPrefix: options.inboxPrefix }),
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.password === undefined ? {} : { pass: options.password }),
    ...(authenticator === undefined ? {} : { authenticator }),
  };
}

async function authenticatorOf(options: BusOptions): Promise<Authenticator | undefined> {
  if (options.credentialsFile !== undefined) return credsAuthenticator(await readFile(options.credentialsFile));
  if (options.nkeySeed !== undefined) return nkeyAuthenticator(new TextEncoder().encode(options.nkeySeed));
  return undefined;
}

function addressesOf(servers: string): string {
  // An address may carry a password.
  return servers.replace(/\/\/[^@/,]*@/g, "//");
}

function watch(nats: NatsConnection, { onStatus, inboxPrefix }: BusOptions): Connection {
  let up = true;
  const reconnected = new Set<() => void>();
  const closed = nats.closed().then((error) => {
    up = false;
    onStatus?.({ kind: "closed" });
    return error ?? undefined;
  });
  void followStatus(nats, (status) => {
    if (status.kind === "connected") {
      up = true;
      for (const callback of [...reconnected]) callback();
    } else if (status.kind === "disconnected") up = false;
    onStatus?.(status);
  });
  const onReconnect = (callback: () => void) => {
    reconnected.add(callback);
    return () => void reconnected.delete(callback);
  };
  return {
    nats,
    connected: () => up && !nats.isClosed(),
    onReconnect,
    closed,
    newInbox: () => createInbox(inboxPrefix),
    whenConnected: async (limitMs) => up || nats.isClosed() || nextReconnect(onReconnect, closed, limitMs),
  };
}

function nextReconnect(
  onReconnect: Connection["onReconnect"],
  closed: Promise<unknown>,
  limitMs: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (answer: boolean) => {
      clearTimeout(timer);
      stop();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(false), limitMs);
    const stop = onReconnect(() => finish(true));
    void closed.then(() => finish(true));
  });
}

const KIND_OF: Readonly<Record<string, BusStatus["kind"]>> = {
  reconnect: "connected",
  disconnect: "disconnected",
  reconnecting: "reconnecting",
  staleConnection: "stale",
  error: "error",
};

async function followStatus(nats: NatsConnection, onStatus: (status: BusStatus) => void): Promise<void> {
  for await (const status of nats.status()) {
    const kind = KIND_OF[status.type];
    if (kind === undefined) continue;
    if (kind !== "error" || typeof status.data !== "string") onStatus({ kind });
    else onStatus({ kind, code: status.data, ...refusalOf(status.permissionContext) });
  }
}

/** Which permission is missing: the subject with its ids left out. */
function refusalOf(context: { operation: string; subject: string } | undefined): Partial<BusStatus> {
  if (context === undefined) return {};
  const shape = context.subject
    .replace(/^\$/, "")
    .split(".")
    .map((token) => (token.length > 20 || /\d{7}/.test(token) ? "*" : token));
  return { operation: context.operation, subject: shape.join(".") };
}
