export interface DatabaseOptions {
  /** Where the rows, the files and the lock live; made where there is none. */
  dataDir: string;
  /** Port of the gateway; "free" takes any. */
  port?: number | "free";
  /** Write the demo organizations on the first start. */
  seed?: boolean;
}

export interface EmbeddedDatabase {
  /** `SUPABASE_URL`. */
  url: string;
  serviceRoleKey: string;
  anonKey: string;
  pid: number;
  /** Stops it after what it is doing is done. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/** Starts the database as a process of its own and waits until it answers. */
export function startDatabase(_options: DatabaseOptions): Promise<EmbeddedDatabase> {
  return Promise.reject(new Error("The embedded database is not built yet."));
}
