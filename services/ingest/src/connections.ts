import type { AppReference } from "@skytide/gupshup";
import type { Connection } from "@skytide/store";

/** The connection that an app belongs to; `unknown` also where two could be meant. */
export type Resolution = { kind: "found"; connection: Connection } | { kind: "unknown" } | { kind: "not-loaded" };

export interface ConnectionDirectory {
  resolve(app: AppReference): Resolution;
  isLoaded(): boolean;
  /** Reads once; the last good copy stays where that fails. Says which connections are new to this copy. */
  refresh(): Promise<Connection[]>;
}

/** Keeps the platform connections in memory: no webhook waits for the database. */
export function createConnectionDirectory(list: () => Promise<Connection[]>): ConnectionDirectory {
  let connections: Connection[] | undefined;
  return {
    isLoaded: () => connections !== undefined,
    resolve(app) {
      if (connections === undefined) return { kind: "not-loaded" };
      const [connection, ...others] = matching(connections, app);
      return connection === undefined || others.length > 0 ? { kind: "unknown" } : { kind: "found", connection };
    },
    async refresh() {
      const before = new Set((connections ?? []).map(keyOf));
      connections = (await list()).filter(({ platform, isActive }) => platform === "whatsapp" && isActive);
      return connections.filter((connection) => !before.has(keyOf(connection)));
    },
  };
}

/** By name, and by id where the body or the row has one; a name of one connection with the id of another is neither's. */
function matching(connections: readonly Connection[], { name, id }: AppReference): Connection[] {
  const byName = name === undefined ? [] : connections.filter(({ appName }) => appName === name);
  const byId = id === undefined ? [] : connections.filter(({ appId }) => appId === id);
  if (byName.length === 0 || byId.length === 0) {
    // An id that differs from the row's is another app that took the name.
    return byName.length === 0 ? byId : byName.filter(({ appId }) => id === undefined || appId === null);
  }
  return byName.filter((connection) => byId.includes(connection));
}

function keyOf({ organizationId, appName, webhookSecret }: Connection): string {
  return `${organizationId} ${appName} ${webhookSecret === null}`;
}
