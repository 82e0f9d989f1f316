import type { Logger } from "@skytide/telemetry";
import type { Config } from "./config.ts";
import type { ConnectionDirectory } from "./connections.ts";
import type { IngestMetrics } from "./metrics.ts";

export interface FreshDeps {
  connections: ConnectionDirectory;
  config: Pick<Config, "CONNECTIONS_REFRESH_MS" | "WEBHOOK_SECRET_REQUIRED">;
  metrics: Pick<IngestMetrics, "connectionsReadAt">;
  log: Logger;
  clock(): Date;
}

/** Reads the connections now and again and again; while the database is away, the last good copy serves. */
export function keepConnectionsFresh({ connections, config, metrics, log, clock }: FreshDeps): Disposable {
  let timer: NodeJS.Timeout | undefined;
  let isFailing = false;
  let isStopped = false;

  async function read(): Promise<void> {
    try {
      for (const connection of await connections.refresh()) {
        if (connection.webhookSecret !== null) continue;
        log.warn("connection-without-secret", {
          org: connection.organizationId,
          outcome: config.WEBHOOK_SECRET_REQUIRED ? "refused" : "accepted",
        });
      }
      metrics.connectionsReadAt.set({}, clock().getTime() / 1000);
      isFailing = false;
    } catch (error) {
      // Once per outage, not once per try.
      if (!isFailing) log.error("connections-not-read", error);
      isFailing = true;
    }
    if (!isStopped) timer = setTimeout(read, config.CONNECTIONS_REFRESH_MS);
  }

  void read();
  return {
    [Symbol.dispose]: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
