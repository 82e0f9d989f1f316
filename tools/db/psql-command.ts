import { spawn } from "node:child_process";
import type { Command } from "./command.ts";
import { DatabaseError } from "./database-error.ts";
import { openDatabase } from "./open-database.ts";
import { promptSql, runSql } from "./sql-prompt.ts";
import { describeTarget, type ServerAddress } from "./target.ts";

/** SQL by hand. */
export const psqlCommand: Command = {
  help: `npm run db:psql [-- -c "select …"]

Opens a prompt for SQL.

  (nothing set)             a small prompt on the embedded database of npm start, running or not; it also reads a file:
                            npm run -s db:psql < file.sql
  DATABASE_URL=postgres://  the real psql on that server; everything after -- is given to it

  -c "SQL"   run it, show its rows and leave`,

  async run({ arguments: given, target, say }) {
    if (target.kind === "postgres") return runPsql(target.server, given);
    const sql = readCommand(given);
    const database = await openDatabase(target, say);
    try {
      if (sql === null && process.stdin.isTTY) say(`This is ${describeTarget(target)} (${database.how}).`);
      const { rows } = await database.engine.query("select to_regclass('public.organizations') is null as empty");
      if (rows[0]?.empty === true)
        say("It has no tables yet: npm run db:migrate makes them, npm run db:reset the demo too.");
      const ok =
        sql === null
          ? await promptSql(database.engine, { input: process.stdin, output: process.stdout })
          : await sayRows(sql);
      if (!ok) throw new DatabaseError("Not everything was run.");
    } finally {
      await database.close();
    }

    async function sayRows(text: string): Promise<boolean> {
      const answer = await runSql(database.engine, text);
      say(answer.text);
      return answer.ok;
    }
  },
};

function readCommand([first, sql, ...rest]: readonly string[]): string | null {
  if (first === undefined) return null;
  if (first === "-c" && sql !== undefined && rest.length === 0) return sql;
  throw new DatabaseError('The embedded database\'s prompt knows only -c "SQL". Try --help.');
}

/** The password goes by the environment: a command line can be read by everybody on the machine. */
async function runPsql({ url, password }: ServerAddress, given: readonly string[]): Promise<void> {
  const shown = url
    .replace(/^(postgres(?:ql)?:\/\/[^:@/]*):[^@/]*@/, "$1@")
    // Known to Node's client alone.
    .replace(/uselibpqcompat=[^&]*&?/, "")
    .replace(/[?&]$/, "");
  const env = { ...process.env, ...(password === "" ? {} : { PGPASSWORD: password }) };
  const psql = spawn("psql", [shown, ...given], { stdio: "inherit", env });
  // psql uses Ctrl-C to cancel a statement.
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      psql.once("error", reject);
      psql.once("close", resolve);
    });
    if (code !== 0) throw new DatabaseError(`psql ended with ${code ?? "a signal"}.`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new DatabaseError("psql is not on the PATH. On Debian: apt-get install postgresql-client.", { cause: error });
  } finally {
    process.off("SIGINT", ignore);
  }
}
