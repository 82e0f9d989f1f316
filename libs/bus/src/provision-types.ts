/** A difference between a stream or consumer on the server and what this version wants. */
export interface Drift {
  kind: "stream" | "consumer";
  /** `CONVERSATIONS`, or `CONVERSATIONS/recorder`. */
  name: string;
  field: string;
  wanted: unknown;
  found: unknown;
  /** True when `apply` corrected it. */
  applied: boolean;
}

export interface ProvisionOptions {
  /** Copies of each stream: 1 alone, 3 in a cluster. */
  replicas?: number;
  /** Byte limit of CONVERSATIONS. */
  maxBytes?: number;
  /** How long CONVERSATIONS keeps events. */
  maxAgeDays?: number;
  /** Corrects what can be corrected without losing messages. */
  apply?: boolean;
}

export interface ProvisionReport {
  created: string[];
  unchanged: string[];
  drift: Drift[];
}
