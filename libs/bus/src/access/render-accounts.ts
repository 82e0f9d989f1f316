import { publicKeyOf } from "./keys.ts";
import { type Permissions, permissionsOf, USERS, type User } from "./permissions.ts";

/** Our own account; the streams live in it. */
export const ACCOUNT = "SKYTIDE";
/** The file of the subscribers' accounts, beside the one of ours, which includes it. */
export const SUBSCRIBERS_FILE = "subscribers.conf";
/** Subscribers call JetStream by this prefix: `$JS.API` of an account without streams of its own answers nothing. */
export const SUBSCRIBER_API = "$JS.skytide.API";

/**
 * The accounts of a server as its configuration writes them: one user per service with only its subjects, and three calls that
 * accounts of outsiders may import, each for its own durables (decisions/0076).
 */
export function renderAccounts(seeds: Readonly<Record<User, string>>): string {
  const users = USERS.filter((user) => user !== "reloader");
  return `${[
    "# Rendered by skytide: what is changed here by hand is lost.",
    'system_account: "SYS"',
    "accounts {",
    `  SYS { users: [ ${renderUser(publicKeyOf(seeds.reloader), permissionsOf("reloader"))} ] }`,
    `  ${ACCOUNT} {`,
    "    jetstream: enabled",
    "    users: [",
    ...users.map((user) => `      # ${user}\n      ${renderUser(publicKeyOf(seeds[user]), permissionsOf(user))}`),
    "    ]",
    "    exports: [",
    '      { service: "$JS.API.CONSUMER.INFO.CONVERSATIONS.*" }',
    '      { service: "$JS.API.CONSUMER.MSG.NEXT.CONVERSATIONS.*", response_type: stream }',
    '      { service: "$JS.ACK.CONVERSATIONS.*.>" }',
    "    ]",
    "  }",
    `  include "${SUBSCRIBERS_FILE}"`,
    "}",
  ].join("\n")}\n`;
}

/** The durable by which a subscriber reads again what it has read already, beside the one of `name`. */
export function replayOf(name: string): string {
  return `${name}-replay`;
}

/** What the server knows of a subscriber. */
export interface SubscriberAccount {
  /** Name of its account and of its durable. */
  name: string;
  publicKey: string;
}

/** Enough for a subscriber with a few processes; one that opens hundreds of connections harms nobody. */
const LIMITS = "limits: { max_connections: 8, max_subscriptions: 64, max_payload: 16384 }";

/** The accounts of the subscribers, for the file that the accounts' file includes. */
export function renderSubscribers(subscribers: readonly SubscriberAccount[]): string {
  return `${["# Rendered by skytide subscribers: what is changed here by hand is lost.", ...subscribers.map(renderSubscriber)].join("\n")}\n`;
}

function renderSubscriber({ name, publicKey }: SubscriberAccount): string {
  const durables = [name, replayOf(name)];
  const calls = durables.flatMap((durable) =>
    ["CONSUMER.INFO", "CONSUMER.MSG.NEXT"].map((call) => `${call}.CONVERSATIONS.${durable}`),
  );
  const acks = durables.map((durable) => `$JS.ACK.CONVERSATIONS.${durable}.>`);
  const permissions = {
    publish: [...calls.map((call) => `${SUBSCRIBER_API}.${call}`), ...acks],
    subscribe: ["_INBOX.>"],
  };
  const imported = (subject: string, to = subject) =>
    `      { service: { account: ${ACCOUNT}, subject: ${quoted(subject)} }, to: ${quoted(to)} }`;
  return [
    `  ${quoted(name)} {`,
    `    ${LIMITS}`,
    `    users: [ ${renderUser(publicKey, permissions)} ]`,
    "    imports: [",
    ...calls.map((call) => imported(`$JS.API.${call}`, `${SUBSCRIBER_API}.${call}`)),
    ...acks.map((subject) => imported(subject)),
    "    ]",
    "  }",
  ].join("\n");
}

function renderUser(publicKey: string, { publish, subscribe }: Permissions): string {
  const list = (subjects: readonly string[]) => `[${subjects.map(quoted).join(", ")}]`;
  return `{ nkey: ${publicKey}, permissions: { publish: { allow: ${list(publish)} }, subscribe: { allow: ${list(subscribe)} } } }`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
