import { createInterface } from "node:readline/promises";
import type { SqlSession } from "@skytide/embedded";
import { toSqlError } from "@skytide/embedded";
import { drawResult } from "./sql-table.ts";

const HELP = `End a statement with ; and Enter.
  \\d          tables and views        \\d NAME     columns of one
  \\df         functions               \\q         leave`;

const relationsSql = `
  select c.relname as name, case c.relkind when 'v' then 'view' else 'table' end as kind, obj_description(c.oid) as "for what"
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') order by 1`;
const functionsSql = `
  select proname as name, pg_get_function_arguments(oid) as arguments
  from pg_proc p where pronamespace = 'public'::regnamespace
    and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1`;
const columnsSql = `
  select a.attname as column, format_type(a.atttypid, a.atttypmod) as type, case when a.attnotnull then 'not null' else '' end as "null",
    pg_get_expr(d.adbin, d.adrelid) as "default"
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped order by a.attnum`;

/** Runs a script and gives what to show; a refusal is shown, not thrown. */
export async function runSql(session: SqlSession, sql: string): Promise<{ ok: boolean; text: string }> {
  try {
    return { ok: true, text: (await session.script(sql)).map(drawResult).join("\n") };
  } catch (error) {
    const refusal = toSqlError(error);
    if (refusal === null) throw error;
    return {
      ok: false,
      text: [`ERROR ${refusal.code}: ${refusal.message}`, refusal.detail, refusal.hint].filter(Boolean).join("\n"),
    };
  }
}

async function runBackslash(session: SqlSession, line: string): Promise<string> {
  const [command = "", name] = line.split(/\s+/);
  if (command === "\\d" && name !== undefined) return drawResult(await session.query(columnsSql, [name]));
  if (command === "\\d") return drawResult(await session.query(relationsSql));
  if (command === "\\df") return drawResult(await session.query(functionsSql));
  return HELP;
}

/** Reads statements line by line until the input ends; on a terminal with a prompt. False when a file's statement was refused. */
export async function promptSql(
  session: SqlSession,
  { input, output }: { input: NodeJS.ReadStream; output: NodeJS.WriteStream },
): Promise<boolean> {
  const lines = createInterface({ input, output: input.isTTY ? output : undefined, terminal: input.isTTY });
  const show = (text: string) => output.write(`${text}\n`);
  let statement = "";
  let allRan = true;
  const prompt = () => {
    if (input.isTTY) {
      lines.setPrompt(statement === "" ? "skytide=> " : "skytide-> ");
      lines.prompt();
    }
  };
  const run = async () => {
    const { ok, text } = await runSql(session, statement);
    statement = "";
    allRan &&= ok;
    show(text);
  };
  if (input.isTTY) show(HELP);
  prompt();
  for await (const line of lines) {
    const word = line.trim();
    if (statement === "" && (word === "\\q" || word === "exit" || word === "quit")) break;
    if (statement === "" && word.startsWith("\\")) show(await runBackslash(session, word));
    else if (word !== "" || statement !== "") statement += `${line}\n`;
    if (isWhole(statement)) await run();
    prompt();
  }
  if (statement.trim() !== "") await run();
  lines.close();
  return allRan || input.isTTY;
}

/** A semicolon at the end of a line ends a statement, unless it stands inside a quoted text or body. */
function isWhole(statement: string): boolean {
  if (!statement.trimEnd().endsWith(";")) return false;
  const withoutComments = statement.replaceAll(/--.*$/gm, "");
  if ((withoutComments.match(/\$[A-Za-z_]*\$/g)?.length ?? 0) % 2 === 1) return false;
  return (withoutComments.match(/'/g)?.length ?? 0) % 2 === 0;
}
