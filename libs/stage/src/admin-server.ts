import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "@skytide/telemetry";
import type { CheckResult } from "./health.ts";
import { StartError } from "./start-error.ts";

export interface AdminOptions {
  host: string;
  port: number;
  metrics: Metrics;
  /** Why a restart is the only cure; empty while there is none. */
  deaths(): string[];
  /** What `/readyz` says. */
  readiness(): Promise<{ ready: boolean; status: string; checks: Record<string, CheckResult> }>;
}

/** Starts `/livez`, `/readyz` and `/metrics`. Throws StartError when the port is taken. */
export async function startAdminServer(options: AdminOptions): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(toStartError(error, options)));
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function toStartError(error: NodeJS.ErrnoException, { host, port }: AdminOptions): Error {
  if (error.code === "EADDRINUSE") {
    return new StartError(`port ${port} is in use by another process; set ADMIN_PORT to a free port`);
  }
  return new StartError(
    `cannot listen on ${host}:${port} (${error.code ?? "unknown"}); check ADMIN_HOST and ADMIN_PORT`,
  );
}

async function answer(options: AdminOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split("?")[0];
  if (request.method !== "GET" && request.method !== "HEAD") return sendJson(response, 405, { error: "GET only" });
  // Alive is what reads its consumers: a dependency that is away must not restart the fleet.
  if (path === "/livez") {
    const deaths = options.deaths();
    return deaths.length === 0
      ? sendJson(response, 200, { status: "ok" })
      : sendJson(response, 503, { status: "stuck", deaths });
  }
  if (path === "/readyz") {
    const { ready, ...report } = await options.readiness();
    return sendJson(response, ready ? 200 : 503, report);
  }
  if (path === "/metrics") {
    const { contentType, body } = await options.metrics.exposition();
    response.writeHead(200, { "content-type": contentType }).end(body);
    return;
  }
  return sendJson(response, 404, { error: "there is /livez, /readyz and /metrics" });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(`${JSON.stringify(body)}\n`);
}
