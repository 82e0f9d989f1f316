import type { Stage } from "@skytide/events";
import { NotWell } from "./health.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Health } from "./stage-types.ts";

/** What a probe of the database answers: the migration that it is at. */
export type DatabaseProbe = () => Promise<{ schemaVersion: string }>;

const MIGRATE =
  "Bring the database to this version: npm run db:migrate (in Kubernetes the Job migrate does it). Pods of the version before go on meanwhile.";

/** Watches a stage's database: away, it stops the pulling and stays ready; of an older schema, the stage is not ready yet. */
export function guardDatabase(
  { stage, pipeline, health }: { stage: Stage; pipeline: Pipeline; health: Health },
  probe: DatabaseProbe,
  wanted: string,
): void {
  const { database } = pipeline;
  const ask = shared(probe);
  database.probeWith(probe);
  health.report(
    "database",
    async () => {
      const { schemaVersion } = await ask();
      return database.isOpen() ? `schema ${schemaVersion}, not pulling yet` : `schema ${schemaVersion}`;
    },
    "Is the database up (its provider), SUPABASE_URL right and the key valid? Messages wait and nothing is lost.",
  );
  // Ingest takes messages in whatever the database is like.
  const register = stage === "ingest" ? health.report : health.check;
  register("schema", async () => {
    // A database that is away says so above.
    const found = await ask().then(toVersion, () => undefined);
    if (found === undefined || found === wanted) return;
    if (found < wanted) throw new NotWell(`the database is at ${found}, this version wants ${wanted}`, MIGRATE);
    return `the database is at ${found}, newer than the ${wanted} of this version`;
  });
}

/** A version has fourteen digits; what is anything else says nothing. */
function toVersion({ schemaVersion }: { schemaVersion: string }): string | undefined {
  return /\d{14}/.exec(schemaVersion)?.[0];
}

/** Who asks while somebody else does gets the same answer. */
function shared<Result>(ask: () => Promise<Result>): () => Promise<Result> {
  let asking: Promise<Result> | undefined;
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}
