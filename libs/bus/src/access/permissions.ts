import { STAGES, type Stage } from "@skytide/events";
import { DURABLES } from "../durables.ts";
import { readersOf } from "../lane-readers.ts";
import { STREAM_NAMES } from "../streams.ts";
import { STAGE_ACCESS } from "./stage-access.ts";

/**
 * Who may sign in: the five stages, the operators' command line, what creates streams and consumers at a deployment, and what
 * makes servers read their configuration again.
 */
export const USERS = [...STAGES, "operator", "provisioner", "reloader"] as const;
export type User = (typeof USERS)[number];

/** What the server allows a user; whatever is not listed is refused. */
export interface Permissions {
  publish: string[];
  subscribe: string[];
}

/** Replies to a user come here, where nobody else may listen. */
export function inboxPrefixOf(user: string): string {
  return `_INBOX_${user}`;
}

/** What a user may publish, call and listen to. */
export function permissionsOf(user: User): Permissions {
  const { publish, subscribe = [] } = isStage(user) ? stagePermissions(user) : OTHERS[user];
  return { publish: [...new Set(publish)], subscribe: [`${inboxPrefixOf(user)}.>`, ...subscribe] };
}

const OTHERS: Readonly<Record<Exclude<User, Stage>, { publish: string[]; subscribe?: string[] }>> = {
  // Whatever an operator does goes through the command line, which records it; no lane but `contact` (erasure) can be forged.
  operator: {
    // Snapshots and restores have subjects of their own.
    publish: [
      "$JS.API.>",
      "$JS.ACK.>",
      "$JS.SNAPSHOT.>",
      "$KV.LEASES.>",
      "ops.*.*",
      "retry.*.*.*",
      "due.turn.*.*",
      "conv.*.*.contact",
    ],
    subscribe: ["conv.*.*.*"],
  },
  provisioner: {
    publish: [
      ...["CREATE.*", "UPDATE.*", "INFO.*"].map((call) => `$JS.API.STREAM.${call}`),
      ...["CREATE.>", "INFO.>"].map((call) => `$JS.API.CONSUMER.${call}`),
    ],
  },
  reloader: { publish: ["$SYS.REQ.SERVER.PING", "$SYS.REQ.SERVER.*.RELOAD"] },
};

function isStage(user: User): user is Stage {
  return (STAGES as readonly string[]).includes(user);
}

function stagePermissions(stage: Stage): { publish: string[]; subscribe: string[] } {
  const { lanes, durables, publishes = [], calls = [], buckets = {}, listens = [], follows = [] } = STAGE_ACCESS[stage];
  return {
    publish: [
      ...lanes.map((lane) => `conv.*.*.${lane}`),
      ...[`dead.${stage}.*.*`, "ops.*.misconfigured", ...publishes],
      ...[...durables, ["DEADLETTERS", `retry-${stage}`] as const].flatMap(([stream, name]) => reading(stream, name)),
      ...follows.flatMap(([stream, name]) => [
        ...reading(stream, name),
        ...["CREATE", "DELETE"].map((call) => `$JS.API.CONSUMER.${call}.${stream}.${name}`),
      ]),
      ...durables.flatMap(([stream, name]) => originals(stream, name)),
      ...gauges(durables.map(([stream]) => stream)),
      // The gauges of the log, which every stage exports.
      ...STREAM_NAMES.map((stream) => `$JS.API.STREAM.INFO.${stream}`),
      ...calls.map((call) => `$JS.API.${call}`),
      ...Object.entries({ ATTEMPTS: ["STREAM.PURGE"], ...buckets }).flatMap(([bucket, own]) => keeping(bucket, own)),
    ],
    subscribe: [...listens],
  };
}

function reading(stream: string, durable: string): string[] {
  const calls = ["INFO", "MSG.NEXT"].map((call) => `$JS.API.CONSUMER.${call}.${stream}.${durable}`);
  return [...calls, `$JS.ACK.${stream}.${durable}.>`];
}

/** How far behind a stage is, and how full its streams are, each stage shows itself. */
function gauges(streams: readonly string[]): string[] {
  const shown = [...new Set([...streams, "DEADLETTERS"])];
  // A dead letter only points at a message: the age of the oldest replay may be read of all of them.
  return [...shown.map((stream) => `$JS.API.STREAM.INFO.${stream}`), "$JS.API.STREAM.MSG.GET.DEADLETTERS"];
}

/**
 * Replays and gauges read what a durable read before: on the log by short-lived consumers of literal names,
 * whose one filter stands in the subject and is a lane of that durable (decisions/0078). Elsewhere nothing is private.
 */
function originals(stream: string, durable: string): string[] {
  if (stream !== "CONVERSATIONS") return [`$JS.API.STREAM.MSG.GET.${stream}`];
  const filters = DURABLES.find(({ name }) => name === durable)?.filters ?? [];
  return readersOf(durable).flatMap((reader) => [
    ...filters.map((filter) => `$JS.API.CONSUMER.CREATE.${stream}.${reader}.${filter}`),
    `$JS.API.CONSUMER.DELETE.${stream}.${reader}`,
  ]);
}

function keeping(bucket: string, calls: readonly string[]): string[] {
  return [`$KV.${bucket}.>`, ...["STREAM.MSG.GET", ...calls].map((call) => `$JS.API.${call}.KV_${bucket}`)];
}
