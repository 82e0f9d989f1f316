export { type Child, startChild } from "./child.ts";
export { type FolderLock, identityOf, isAlive, lockFolder, type ProcessIdentity } from "./folder-lock.ts";
export { type NatsServer, type NatsServerOptions, startNatsServer } from "./nats-server.ts";
export { type DatabaseOptions, type EmbeddedDatabase, startDatabase, supabaseFolder } from "./start-database.ts";
