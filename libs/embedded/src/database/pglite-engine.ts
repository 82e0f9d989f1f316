import { PGlite, type Results } from "@electric-sql/pglite";
import { btree_gist } from "@electric-sql/pglite/contrib/btree_gist";
import { unaccent } from "@electric-sql/pglite/contrib/unaccent";
import { vector } from "@electric-sql/pglite-pgvector";
import type { SqlEngine, SqlResult, SqlSession } from "./sql-engine.ts";

export interface PgliteOptions {
  /** Where the rows live; without one, in memory. */
  folder?: string | undefined;
}

function toResult(result: Results<Record<string, unknown>>): SqlResult {
  return {
    rows: result.rows,
    fields: result.fields.map((field) => field.name),
    affectedRows: result.affectedRows ?? 0,
  };
}

/** Opens PGlite. One process may have a folder open, and nothing in PGlite checks it: lock the folder first. */
export async function openPglite({ folder }: PgliteOptions = {}): Promise<SqlEngine> {
  const database = await PGlite.create({
    ...(folder === undefined ? {} : { dataDir: folder }),
    extensions: { btree_gist, unaccent, vector },
    // Its one session needs no more; the default costs 128 MB.
    postgresqlconf: ["shared_buffers = '16MB'"],
  });
  const session: SqlSession = {
    script: async (sql) => (await database.exec(sql)).map(toResult),
    query: async (sql, parameters = []) => toResult(await database.query(sql, [...parameters])),
  };
  return {
    ...session,
    // Everything runs in the one session that there is.
    session: (work) => work(session),
    close: () => database.close(),
  };
}
