/** Servers that run already, as `npm run test:containers` starts them: a fixture hands them out instead of starting its own. */
export interface GivenServers {
  /** Ours alone: its streams are removed before each file. */
  nats: { url: string; monitorUrl: string } | undefined;
  redisUrl: string | undefined;
  /** PostgREST, and the Postgres behind it. */
  postgrest: { url: string; databaseUrl: string; jwtSecret: string } | undefined;
}

/** Reads which servers are given; without these settings none is, and every test file has its own. */
export function givenServers(env: NodeJS.ProcessEnv = process.env): GivenServers {
  const { SKYTIDE_TEST_NATS_URL, SKYTIDE_TEST_NATS_MONITOR_URL, SKYTIDE_TEST_REDIS_URL } = env;
  const { SKYTIDE_TEST_POSTGREST_URL, SKYTIDE_TEST_DATABASE_URL, SKYTIDE_TEST_JWT_SECRET } = env;
  return {
    nats:
      SKYTIDE_TEST_NATS_URL && SKYTIDE_TEST_NATS_MONITOR_URL
        ? { url: SKYTIDE_TEST_NATS_URL, monitorUrl: SKYTIDE_TEST_NATS_MONITOR_URL }
        : undefined,
    redisUrl: SKYTIDE_TEST_REDIS_URL || undefined,
    postgrest:
      SKYTIDE_TEST_POSTGREST_URL && SKYTIDE_TEST_DATABASE_URL && SKYTIDE_TEST_JWT_SECRET
        ? {
            url: SKYTIDE_TEST_POSTGREST_URL,
            databaseUrl: SKYTIDE_TEST_DATABASE_URL,
            jwtSecret: SKYTIDE_TEST_JWT_SECRET,
          }
        : undefined,
  };
}
