import { createServer } from "node:http";
import type { Connection } from "@skytide/store";
import { freePort, spawnStage } from "@skytide/testing";
import { onTestFinished } from "vitest";

const main = new URL("../src/main.ts", import.meta.url);

/** The stage as it runs in production: its own main.ts in a process of its own, on ports of its own. */
export async function spawnIngest(env: Record<string, string>) {
  const [gateway, admin] = [env.GATEWAY_PORT ?? String(await freePort()), String(await freePort())];
  const stage = spawnStage(main, {
    GATEWAY_HOST: "127.0.0.1",
    GATEWAY_PORT: gateway,
    ADMIN_PORT: admin,
    CHAT_HASH_KEYS: "t1:a-secret-for-tests-only",
    SUPABASE_SERVICE_ROLE_KEY: "test",
    CONNECTIONS_REFRESH_MS: "100",
    DRAIN_MS: "2000",
    ...env,
  });
  return {
    ...stage,
    /** The status of a path of the admin port, 0 while nobody answers. */
    admin: (path: string) => statusOf(`http://127.0.0.1:${admin}${path}`),
    /** The answer's status and body, 0 where the connection broke. */
    post: (body: unknown) =>
      statusOf(`http://127.0.0.1:${gateway}/webhooks/gupshup`, {
        method: "POST",
        headers: { "x-webhook-secret": "demo-secret-aurora" },
        body: JSON.stringify(body),
      }),
  };
}

async function statusOf(url: string, init?: RequestInit): Promise<number> {
  return fetch(url, init).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status;
    },
    () => 0,
  );
}

/** Answers the calls of ingest as the database does, and can be away. */
export async function startDatabaseDouble(connections: readonly Connection[]) {
  let isAway = true;
  const recorded: unknown[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    if (isAway) {
      response.writeHead(503).end();
      return;
    }
    const answer = answerTo(request.url ?? "", JSON.parse(body || "{}"));
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ok: true, ...answer }));
  });

  function answerTo(url: string, { p_events }: { p_events?: unknown[] }) {
    if (url.endsWith("/list_connections")) return { connections };
    if (url.endsWith("/claim_outbox")) return { rows: [] };
    if (url.endsWith("/record_events")) {
      recorded.push(...(p_events ?? []));
      return { recorded: p_events?.length ?? 0, duplicates: 0 };
    }
    return { schemaVersion: "1" };
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    recorded,
    setAway: (away: boolean) => {
      isAway = away;
    },
  };
}
