export { connectBus } from "./connect.ts";
export { provision } from "./provision.ts";
export { STREAM_NAMES } from "./streams.ts";
export type {
  Bus,
  BusConsumer,
  BusMessage,
  BusOptions,
  BusStatus,
  CommitResult,
  ConsumeOptions,
  ConsumerFacts,
  Conversation,
  Drift,
  Fence,
  HandoffEvent,
  InboundEvent,
  KeyValueBucket,
  KeyValueEntry,
  PendingTimer,
  ProvisionOptions,
  ProvisionReport,
  Published,
  PublishOptions,
  Schedule,
  Stored,
  StreamFacts,
} from "./types.ts";
