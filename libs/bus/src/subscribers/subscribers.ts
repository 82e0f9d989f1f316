import { PermanentError } from "@skytide/errors";
import { PUBLIC_LANES } from "@skytide/events";
import { createUserKey } from "../access/keys.ts";
import { replayOf } from "../access/render-accounts.ts";
import { API_ERROR, fromApiError } from "../bus-error.ts";
import { jetStreamOf } from "../internals.ts";
import { type JetStream, objectIn, orThrow } from "../jetstream.ts";
import type { Bus } from "../types.ts";
import { isSubscriber, type Subscriber, toSubscriber } from "./to-subscriber.ts";

const STREAM = "CONVERSATIONS";
const SECOND = 1_000_000_000;
const MAX_IN_HAND = 256;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

export interface NewSubscriber {
  organizationId: string;
  /** Which system of the organization it is: `erp`, `crm`. */
  label: string;
  expiresAt?: Date | undefined;
  /** The first event it gets; everything that the log holds unless given. */
  from?: Date | undefined;
}

/** Where a replay begins, and of which conversation it is; of all unless given. */
export interface Replay {
  from: { time: Date } | { sequence: number };
  chat?: string | undefined;
  /** Events a second that the client is asked to keep to; as fast as it acknowledges unless given. */
  rate?: number | undefined;
}

/**
 * Makes the durable of a new subscriber: literal public lanes of its organization, kept however long it stays away. The durable is
 * the only record of a subscriber, so there is no second one to contradict it. The seed is returned once and kept nowhere.
 */
export async function addSubscriber(bus: Bus, wanted: NewSubscriber): Promise<{ name: string; seed: string }> {
  const { organizationId, label, expiresAt, from } = wanted;
  const name = subscriberName(organizationId, label);
  const { seed, publicKey } = createUserKey();
  const metadata = {
    "skytide.organization": organizationId,
    "skytide.label": label,
    "skytide.key": publicKey,
    ...(expiresAt === undefined ? {} : { "skytide.expires": expiresAt.toISOString() }),
  };
  const start = from === undefined ? { deliver_policy: "all" } : startAt({ time: from });
  await create(jetStreamOf(bus), name, {
    ...{ durable_name: name, description: `Subscriber ${label}`, metadata },
    ...{ filter_subjects: lanesOf(organizationId, "*"), ...start },
  });
  return { name, seed };
}

/** All subscribers, or those of one organization, with how far each has come. */
export async function listSubscribers(bus: Bus, organizationId?: string): Promise<Subscriber[]> {
  const jetStream = jetStreamOf(bus);
  const state = objectIn(orThrow(await jetStream.call(`STREAM.INFO.${STREAM}`, {})), "state");
  const oldestAt = new Date(String(state.first_ts));
  const found: Subscriber[] = [];
  for (let offset = 0; ; ) {
    const { consumers, total } = orThrow(await jetStream.call(`CONSUMER.LIST.${STREAM}`, { offset })) as {
      consumers: unknown[];
      total: number;
    };
    found.push(...consumers.filter(isSubscriber).map((consumer) => toSubscriber(consumer, oldestAt)));
    offset += consumers.length;
    if (consumers.length === 0 || offset >= total) break;
  }
  return found.filter((one) => organizationId === undefined || one.organizationId === organizationId);
}

/** Takes a subscriber's durables away: from now on it gets nothing, also before the servers have forgotten its key. */
export async function removeSubscriber(bus: Bus, organizationId: string, label: string): Promise<boolean> {
  const name = subscriberName(organizationId, label);
  const jetStream = jetStreamOf(bus);
  await remove(jetStream, replayOf(name));
  return remove(jetStream, name);
}

/**
 * Makes the durable by which a subscriber reads again, beside its live one; gone a day after its last use. Answers its name.
 * The server slows no pull down (`rate_limit_bps` is for pushes): the rate stands in the durable's metadata and the client keeps it.
 */
export async function openReplay(bus: Bus, subscriber: Subscriber, replay: Replay): Promise<string> {
  const { from, chat = "*", rate } = replay;
  const name = replayOf(subscriber.name);
  const jetStream = jetStreamOf(bus);
  await remove(jetStream, name);
  await create(jetStream, name, {
    ...{ durable_name: name, description: "Replay of a subscriber", inactive_threshold: 24 * 60 * 60 * SECOND },
    ...{ filter_subjects: lanesOf(subscriber.organizationId, chat), ...startAt(from), ...pacedBy(rate) },
  });
  return name;
}

/** Ends a replay before its time. */
export function endReplay(bus: Bus, subscriber: Subscriber): Promise<boolean> {
  return remove(jetStreamOf(bus), replayOf(subscriber.name));
}

function subscriberName(organizationId: string, label: string): string {
  if (!LABEL.test(label) || label.endsWith("-replay")) {
    throw new PermanentError(
      "invalid-label",
      "A subscriber's name has lower-case letters, digits and dashes, at most 32.",
    );
  }
  return `ext-${organizationId}-${label}`;
}

/** Each lane by its name: a lane that comes later is not given away by a wildcard. */
function lanesOf(organizationId: string, chat: string): string[] {
  return PUBLIC_LANES.map((lane) => `conv.${organizationId}.${chat}.${lane}`);
}

function startAt(from: Replay["from"]): object {
  if ("sequence" in from) return { deliver_policy: "by_start_sequence", opt_start_seq: from.sequence };
  return { deliver_policy: "by_start_time", opt_start_time: from.time.toISOString() };
}

/** At most a second's events in hand: a client that keeps the pace acknowledges them long before they would come again. */
function pacedBy(rate: number | undefined): object {
  if (rate === undefined) return {};
  return { metadata: { "skytide.rate": String(rate) }, max_ack_pending: Math.min(rate, MAX_IN_HAND) };
}

async function create(jetStream: JetStream, name: string, own: object): Promise<void> {
  const config = {
    ...{ ack_policy: "explicit", ack_wait: 30 * SECOND, max_deliver: -1 },
    // What one subscriber can make the server hold for it.
    ...{ max_ack_pending: MAX_IN_HAND, max_batch: MAX_IN_HAND, max_waiting: 16 },
    ...own,
  };
  const body = { stream_name: STREAM, config, action: "create" };
  const answer = await jetStream.call(`CONSUMER.CREATE.${STREAM}.${name}`, body);
  if (answer.kind === "ok") return;
  if (answer.code === API_ERROR.consumerExists) {
    throw new PermanentError("subscriber-exists", "This organization has a subscriber of that name.");
  }
  throw fromApiError(answer);
}

async function remove(jetStream: JetStream, name: string): Promise<boolean> {
  const answer = await jetStream.call(`CONSUMER.DELETE.${STREAM}.${name}`, {});
  if (answer.kind === "ok") return true;
  if (answer.code === API_ERROR.consumerNotFound) return false;
  throw fromApiError(answer);
}
