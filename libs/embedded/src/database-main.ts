import { type DatabaseProcessOptions, runDatabase } from "./database/run-database.ts";

// The database as a process of its own: a query keeps PGlite's event loop busy, and one process may have a folder open.
const options = JSON.parse(process.argv[2] ?? "{}") as DatabaseProcessOptions;
const stopped = new Promise<void>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
});
try {
  await runDatabase(options, stopped);
} catch (error) {
  process.stderr.write(`[FTL] ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
process.exit();
