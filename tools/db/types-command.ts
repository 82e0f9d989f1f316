import { readFile, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { type Command, readSwitches } from "./command.ts";
import { DatabaseError } from "./database-error.ts";
import { ROOT } from "./root.ts";
import { readSchema } from "./schema-facts.ts";
import { drawInto, picturePage } from "./schema-picture.ts";
import { schemaTypes, typesFile } from "./schema-types.ts";

/** Writes what is made from the migrations: the store's types and the pictures in docs/data.md. */
export const typesCommand: Command = {
  help: `npm run db:types [-- --check]

Applies supabase/migrations to an empty database in memory and writes what follows from them:
  libs/store/src/database.generated.ts   the types of tables and functions, as "supabase gen types" writes them
  docs/data.md                           the pictures between its marks
Run it after every change of a migration. No database is touched or needed.

  --check   write nothing; fail when a file is not what the migrations say`,

  async run({ arguments: given, say }) {
    const { check } = readSwitches(given, ["check"]);
    const facts = await readSchema();
    const page = await readFile(picturePage, "utf8");
    const files = [
      { path: typesFile, text: await schemaTypes(facts) },
      { path: picturePage, text: drawInto(page, facts) },
    ];
    const stale: string[] = [];
    for (const { path, text } of files) {
      const same = (await readFile(path, "utf8").catch(() => "")) === text;
      say(`  ${same ? "the same" : check ? "stale   " : "written "}  ${relative(ROOT, path)}`);
      if (same) continue;
      stale.push(path);
      if (!check) await writeFile(path, text);
    }
    if (check && stale.length > 0) throw new DatabaseError("Run npm run db:types and check in what it writes.");
  },
};
