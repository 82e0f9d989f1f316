export { type Child, startChild } from "./child.ts";
export { databasePaths, loadKeys } from "./database/database-folder.ts";
export { loadMigrations, type MigrationReport, migrate } from "./database/migrate.ts";
export { openPglite } from "./database/pglite-engine.ts";
export { openPool } from "./database/pool-engine.ts";
export { type SqlEngine, type SqlResult, type SqlSession, toSqlError } from "./database/sql-engine.ts";
export { type FolderLock, identityOf, isAlive, lockFolder, type ProcessIdentity } from "./folder-lock.ts";
export { type NatsServer, type NatsServerOptions, startNatsServer } from "./nats-server.ts";
export { type DatabaseOptions, type EmbeddedDatabase, startDatabase, supabaseFolder } from "./start-database.ts";
