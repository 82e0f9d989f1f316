import { join } from "node:path";
import { loadMigrations, supabaseFolder } from "@skytide/embedded";
import { generateTypescript } from "@supabase/postgrest-typegen/generation";
import { ROOT } from "./root.ts";
import type { SchemaFacts } from "./schema-facts.ts";

/** Where the types are checked in. */
export const typesFile = join(ROOT, "libs", "store", "src", "database.generated.ts");

/** The TypeScript types of tables, enums and functions, as `supabase gen types` writes them. */
export async function schemaTypes(facts: SchemaFacts): Promise<string> {
  const types = await generateTypescript(facts, {});
  const newest = (await loadMigrations(supabaseFolder)).at(-1)?.version ?? "";
  const version = `/** The migration that these types are of. */\nexport const SCHEMA_VERSION = ${JSON.stringify(newest)};`;
  return `// Made from supabase/migrations by npm run db:types. Do not edit.\n\n${version}\n\n${types.trimEnd()}\n`;
}
