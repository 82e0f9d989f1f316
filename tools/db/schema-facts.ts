import { migrate, openPglite, supabaseFolder } from "@skytide/embedded";
import { sortGeneratorMetadata } from "@supabase/postgrest-typegen/generation";
import { introspect } from "@supabase/postgrest-typegen/introspection";

/** What the migrations make, read back from a database in memory. */
export type SchemaFacts = ReturnType<typeof sortGeneratorMetadata>;

/** Applies every migration to an empty database in memory and reads its tables, relations and functions. */
export async function readSchema(): Promise<SchemaFacts> {
  const engine = await openPglite();
  try {
    await migrate(engine, { folder: supabaseFolder });
    return sortGeneratorMetadata(await introspect(engine, { includedSchemas: ["public"] }));
  } finally {
    await engine.close();
  }
}
