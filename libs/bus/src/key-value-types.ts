export interface KeyValueEntry {
  revision: number;
  writtenAt: Date;
  value: unknown;
}

/** A bucket of JSON values with compare-and-set; keys are subject-safe tokens separated by dots. */
export interface KeyValueBucket {
  /** Read from the leader. */
  get(key: string): Promise<KeyValueEntry | null>;
  /** The new revision, or null when the key exists. */
  create(key: string, value: unknown, options?: { ttlMs?: number }): Promise<number | null>;
  /** The new revision, or null when `revision` is not the key's last any more. */
  update(key: string, value: unknown, revision: number, options?: { ttlMs?: number }): Promise<number | null>;
  /** Every kept value of the key, oldest first, read from the leader. */
  history(key: string): Promise<KeyValueEntry[]>;
  /** Removes that revision and no other: nothing happens when it is gone already. */
  remove(revision: number): Promise<void>;
  /** Removes the key with its history. */
  purge(key: string): Promise<void>;
}
