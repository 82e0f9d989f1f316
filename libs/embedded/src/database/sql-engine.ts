/** One statement's result: rows by column name, and how many rows it changed. */
export interface SqlResult {
  rows: Record<string, unknown>[];
  fields: string[];
  affectedRows: number;
}

/** Runs SQL on one connection. */
export interface SqlSession {
  /** Runs a script of one or several statements without parameters; without `begin` of its own it is one transaction. */
  script(sql: string): Promise<SqlResult[]>;
  /** Runs one statement with parameters. */
  query(sql: string, parameters?: readonly unknown[]): Promise<SqlResult>;
}

/** A database: PGlite in this process, or a server behind a pool. */
export interface SqlEngine extends SqlSession {
  /** Keeps one connection for several statements. */
  session<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** What a database says about a statement that it refused. */
export interface SqlError {
  code: string;
  message: string;
  detail?: string;
  hint?: string;
}

/** Reads a database's refusal; null for anything else that was thrown. */
export function toSqlError(error: unknown): SqlError | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  if (!/^[0-9A-Z]{5}$/.test(error.code)) return null;
  const { detail, hint } = error as Error & { detail?: unknown; hint?: unknown };
  return {
    code: error.code,
    message: error.message,
    ...(typeof detail === "string" ? { detail } : {}),
    ...(typeof hint === "string" ? { hint } : {}),
  };
}
