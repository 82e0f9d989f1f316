/** Somebody outside who reads an organization's public lanes. */
export interface Subscriber {
  /** Of its account and its durable. */
  name: string;
  organizationId: string;
  label: string;
  publicKey: string;
  createdAt: Date;
  expiresAt: Date | null;
  /** Events that it has not fetched yet. */
  pending: number;
  /** Fetched and not acknowledged. */
  ackPending: number;
  lastAckAt: Date | null;
  /** Events may have left the log before it fetched them: it was last here before the oldest event that is left. */
  missed: boolean;
}

interface Info {
  name: string;
  created: string;
  num_pending: number;
  num_ack_pending: number;
  ack_floor: { last_active?: string };
  config: { metadata: Record<string, string> };
}

/** True for a consumer that `addSubscriber` made. */
export function isSubscriber(consumer: unknown): consumer is Info {
  const { config } = consumer as Partial<Info>;
  return config?.metadata?.["skytide.key"] !== undefined;
}

/** A subscriber out of what the server tells about its durable; `oldestAt` is the time of the oldest event that the log holds. */
export function toSubscriber(info: Info, oldestAt: Date): Subscriber {
  const { metadata } = info.config;
  const expires = metadata["skytide.expires"];
  const lastAck = info.ack_floor.last_active;
  const lastHere = new Date(lastAck ?? info.created);
  return {
    name: info.name,
    organizationId: metadata["skytide.organization"] ?? "",
    label: metadata["skytide.label"] ?? "",
    publicKey: metadata["skytide.key"] ?? "",
    createdAt: new Date(info.created),
    expiresAt: expires === undefined ? null : new Date(expires),
    pending: info.num_pending,
    ackPending: info.num_ack_pending,
    lastAckAt: lastAck === undefined ? null : new Date(lastAck),
    // The server moves a durable past what is gone without a word.
    missed: info.num_pending > 0 && lastHere < oldestAt,
  };
}
