import { connectCoordination } from "@skytide/coordination";
import { SCHEMA_VERSION } from "@skytide/store";
import type { Shell } from "../shell.ts";
import type { Found, Row } from "./finding.ts";

const WITHIN_MS = 5_000;

/** The checks of the database, and of Redis where leases are there. */
export function checkDatabase(shell: Shell): Row[] {
  const group = "database" as const;
  return [
    {
      ...{ group, check: "database", run: () => checkSchema(shell) },
      advice: "Is the database up (its provider), SUPABASE_URL right and the key SUPABASE_SERVICE_ROLE_KEY valid?",
    },
    ...(shell.env.REDIS_URL?.trim()
      ? [{ ...{ group, check: "redis", run: () => checkRedis(shell) }, advice: "Is Redis up at REDIS_URL?" }]
      : []),
  ];
}

async function checkSchema(shell: Shell): Promise<Found> {
  const { schemaVersion } = await shell.store().health();
  const found = /\d{14}/.exec(schemaVersion)?.[0];
  if (found === undefined) {
    return {
      state: "wrong",
      says: "the database does not say which migrations it has",
      advice: "A new database: npm run db:migrate. A CRM that runs already: docs/adoption.md.",
    };
  }
  if (found === SCHEMA_VERSION) return { state: "good", says: `schema ${found}` };
  if (found < SCHEMA_VERSION) {
    return {
      state: "wrong",
      says: `schema ${found}, this version wants ${SCHEMA_VERSION}`,
      advice: "npm run db:migrate brings it to the newest (in Kubernetes the Job migrate).",
    };
  }
  return {
    state: "warning",
    says: `schema ${found}, newer than the ${SCHEMA_VERSION} of this version`,
    advice:
      "Fine while a rollout runs, and where the CRM adds migrations of its own. Otherwise deploy the newer version.",
  };
}

async function checkRedis(shell: Shell): Promise<Found> {
  const late = new Promise<never>((_, reject) =>
    AbortSignal.timeout(WITHIN_MS).addEventListener("abort", () => reject(new Error("no answer in time"))),
  );
  const opening = connectCoordination({ redisUrl: shell.env.REDIS_URL?.trim(), bus: await shell.bus() });
  shell.defer(async () => (await opening.catch(() => undefined))?.close());
  await Promise.race([opening.then(({ check }) => check()), late]);
  return { state: "good", says: "answers" };
}
