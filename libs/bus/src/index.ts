export { createUserKey, createUserSeeds, publicKeyOf, type UserKey } from "./access/keys.ts";
export { inboxPrefixOf, USERS, type User } from "./access/permissions.ts";
export { reloadServers } from "./access/reload-servers.ts";
export {
  ACCOUNT,
  renderAccounts,
  renderSubscribers,
  SUBSCRIBER_API,
  SUBSCRIBERS_FILE,
  type SubscriberAccount,
} from "./access/render-accounts.ts";
export { backupStream, type StreamBackup } from "./backup/backup-stream.ts";
export { replaceDurable } from "./backup/replace-durable.ts";
export { type RestoredStream, restoreStream } from "./backup/restore-stream.ts";
export { skipSequences } from "./backup/skip-sequences.ts";
export { connectBus } from "./connect.ts";
export type { BusConsumer, BusMessage, ConsumeOptions, ConsumerFacts } from "./consumer-types.ts";
export { DURABLES } from "./durables.ts";
export { type ErasedConversation, eraseConversation, findOnLog } from "./erase.ts";
export type { KeyValueBucket, KeyValueEntry } from "./key-value-types.ts";
export { planProvision, provision } from "./provision.ts";
export type { Drift, ProvisionOptions, ProvisionReport } from "./provision-types.ts";
export { READ_HEADER } from "./publish.ts";
export { judgeServer, SERVER_LEAST, SERVER_WANTED } from "./server-version.ts";
export { STREAM_NAMES } from "./streams.ts";
export {
  addSubscriber,
  endReplay,
  listSubscribers,
  type NewSubscriber,
  openReplay,
  type Replay,
  removeSubscriber,
} from "./subscribers/subscribers.ts";
export type { Subscriber } from "./subscribers/to-subscriber.ts";
export type {
  Bus,
  BusOptions,
  BusStatus,
  CommitResult,
  Conversation,
  Fence,
  FollowOptions,
  HandoffEvent,
  InboundEvent,
  PendingTimer,
  Published,
  PublishOptions,
  Schedule,
  Stored,
  StreamFacts,
} from "./types.ts";
