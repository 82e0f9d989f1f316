import { Pool, type QueryResult } from "pg";
import type { SqlEngine, SqlResult, SqlSession } from "./sql-engine.ts";

type Run = (sql: string, parameters?: unknown[]) => Promise<QueryResult | QueryResult[]>;

function toResult(result: QueryResult): SqlResult {
  return {
    rows: result.rows,
    // A statement without columns has none to name.
    fields: (result.fields ?? []).map((field) => field.name),
    affectedRows: result.rowCount ?? 0,
  };
}

function toSession(run: Run): SqlSession {
  return {
    script: async (sql) => {
      const results = await run(sql);
      return (Array.isArray(results) ? results : [results]).map(toResult);
    },
    query: async (sql, parameters = []) => {
      const result = await run(sql, [...parameters]);
      return toResult(Array.isArray(result) ? (result.at(-1) ?? { ...emptyResult }) : result);
    },
  };
}

const emptyResult: QueryResult = { rows: [], fields: [], rowCount: 0, command: "", oid: 0 };

export interface PoolOptions {
  connections?: number | undefined;
  /** Hears what the server says beside its answers: notices and warnings. */
  onNotice?: ((notice: { severity: string; message: string }) => void) | undefined;
}

/** Opens a pool of connections to a Postgres server. */
export function openPool(databaseUrl: string, { connections = 10, onNotice }: PoolOptions = {}): SqlEngine {
  let ended: Promise<void> | undefined;
  const pool = new Pool({ connectionString: databaseUrl, max: connections });
  // A connection that dies idle is replaced at the next use; without a listener it would end the process.
  pool.on("error", () => undefined);
  if (onNotice) {
    pool.on("connect", (client) => {
      client.on("notice", ({ severity, message }) => onNotice({ severity: severity ?? "", message: message ?? "" }));
    });
  }
  return {
    ...toSession((sql, parameters) => pool.query(sql, parameters)),
    async session(work) {
      const client = await pool.connect();
      try {
        return await work(toSession((sql, parameters) => client.query(sql, parameters)));
      } finally {
        client.release();
      }
    },
    close: () => {
      ended ??= pool.end();
      return ended;
    },
  };
}
