import type { ConversationEvent, HashKeys } from "@skytide/events";
import type { Connection } from "@skytide/store";
import { createLogger, createMetrics } from "@skytide/telemetry";
import { createConnectionDirectory } from "../src/connections.ts";
import { createHandler, type Deps } from "../src/handler.ts";
import { createIngestMetrics } from "../src/metrics.ts";
import type { OperationRecord } from "../src/notices.ts";

export const hashKeys: HashKeys = { keys: [{ version: "t1", secret: "a-secret-for-tests-only" }] };

export const aurora: Connection = {
  organizationId: "a0000000-0000-4000-8000-000000000001",
  platform: "whatsapp",
  appName: "AuroraDemo",
  appId: "a0000000-0000-4000-8000-00000000a991",
  businessNumber: "573000000001",
  phoneNumberId: "100000000000001",
  webhookSecret: "demo-secret-aurora",
  isActive: true,
};

export const brisa: Connection = {
  ...aurora,
  organizationId: "b0000000-0000-4000-8000-000000000002",
  appName: "BrisaDemo",
  appId: "b0000000-0000-4000-8000-00000000a992",
  businessNumber: "573000000002",
  phoneNumberId: "100000000000002",
  webhookSecret: "demo-secret-brisa",
};

/** A server that lets everybody in. */
export const openDoor = { maxInFlight: 100, trustedProxies: undefined, isAllowedSource: undefined };

/** Everything that ingest wrote to its log and counts, as text. */
export function createObserved() {
  const lines: string[] = [];
  const registry = createMetrics({ version: "test", processMetrics: false });
  const log = createLogger({
    service: "ingest",
    stage: "ingest",
    version: "test",
    level: "debug",
    destination: { write: (line) => lines.push(line) },
  });
  return {
    lines,
    log,
    metrics: createIngestMetrics(registry),
    exposition: async () => (await registry.exposition()).body,
    /** The value of one counter, by its name and labels as they are exposed. */
    async counter(series: string) {
      const line = (await registry.exposition()).body.split("\n").find((one) => one.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.split(" ")[1]);
    },
  };
}

/** A handler over connections in memory whose log is a list that forgets no id. */
export async function createTestHandler({ rows, ...changes }: Partial<Deps> & { rows?: Connection[] } = {}) {
  const observed = createObserved();
  const published: ConversationEvent[] = [];
  const operations: OperationRecord[] = [];
  const connections = createConnectionDirectory(async () => rows ?? [aurora, brisa]);
  await connections.refresh();
  const handle = createHandler({
    connections,
    publish: async (event) => {
      const duplicate = published.some(({ id }) => id === event.id);
      if (!duplicate) published.push(event);
      return { duplicate };
    },
    publishOperation: async (record) => {
      const duplicate = operations.some(({ id }) => id === record.id);
      if (!duplicate) operations.push(record);
      return { duplicate };
    },
    hashKeys,
    secretRequired: false,
    admit: { connection: () => true, total: () => true },
    notificationApp: "SkytideAvisos",
    notificationSecret: undefined,
    metrics: observed.metrics,
    log: observed.log,
    clock: () => new Date("2026-11-23T15:00:00Z"),
    ...changes,
  });
  const post = (body: unknown, secret: string | undefined = "demo-secret-aurora") =>
    handle({ body: typeof body === "string" ? body : JSON.stringify(body), secrets: [secret] });
  return { handle, post, published, operations, ...observed };
}
