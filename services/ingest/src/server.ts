import { type FastifyError, type FastifyInstance, fastify } from "fastify";
import type { WebhookAnswer, WebhookCall } from "./handler.ts";
import type { IngestMetrics } from "./metrics.ts";

export interface ServerOptions {
  maxBytes: number;
  /** Calls in hand at once. */
  maxInFlight: number;
  /** Addresses of our own proxies, whose word about the caller counts. */
  trustedProxies: string[] | undefined;
  /** Who may call; everybody without it. */
  isAllowedSource: ((address: string) => boolean) | undefined;
  handle(call: WebhookCall): Promise<WebhookAnswer>;
  metrics: Pick<IngestMetrics, "requests" | "duration" | "unresolved" | "shed" | "inFlight">;
  onError(error: unknown): void;
}

// Gupshup gives up after 10 s.
const requestTimeoutMs = 10_000;
// Longer than the usual idle limit of a load balancer, so that it never meets a connection that is just closing.
const keepAliveMs = 75_000;

/**
 * The webhook's HTTP: whatever happens, the answer's body is empty, because Gupshup may show a body to the customer.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const { handle, metrics, onError } = options;
  const app = fastify({
    bodyLimit: options.maxBytes,
    trustProxy: options.trustedProxies ?? false,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: "idle",
    // A call on an open connection while we end is a call like any other; the framework's refusal would have a body.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (_error, _request, reply) => {
      // A path that cannot be decoded; nothing of ours runs for it.
      reply.hijack();
      reply.raw.writeHead(404, { "content-length": 0 }).end();
    },
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    },
  });

  const count = ({ kind, outcome }: Pick<WebhookAnswer, "kind" | "outcome">, startedAt: number) => {
    metrics.requests.inc({ kind, outcome });
    metrics.duration.observe({ kind }, (performance.now() - startedAt) / 1000);
  };

  // Callers get the content type wrong, even its syntax; what counts is whether the body is JSON.
  app.addHook("onRequest", async (request) => {
    request.raw.headers["content-type"] = "application/json";
  });
  guardTheDoor(app, options);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));

  app.setNotFoundHandler((_request, reply) => reply.code(404).send());
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500;
    const isTheirs = status >= 400 && status < 500;
    const answered = status === 413 ? 413 : isTheirs ? 400 : 503;
    if (!isTheirs) onError(error);
    count({ kind: "other", outcome: isTheirs ? "rejected" : "error" }, performance.now() - reply.elapsedTime);
    return reply.code(answered).send();
  });

  app.post<{ Params: { secret?: string } }>("/webhooks/gupshup/:secret", answer);
  app.post<{ Params: { secret?: string } }>("/webhooks/gupshup", answer);

  async function answer(
    request: { body: unknown; headers: Record<string, unknown>; params: { secret?: string } },
    reply: { code(status: number): { send(): unknown }; elapsedTime: number },
  ) {
    const header = request.headers["x-webhook-secret"];
    const result = await handle({
      body: typeof request.body === "string" ? request.body : "",
      secrets: [typeof header === "string" ? header : undefined, request.params.secret],
    });
    count(result, performance.now() - reply.elapsedTime);
    return reply.code(result.status).send();
  }

  return app;
}

/** Refuses strangers, and what is too much at once, before a byte of the body is read. */
function guardTheDoor(
  app: FastifyInstance,
  { maxInFlight, isAllowedSource, metrics }: Pick<ServerOptions, "maxInFlight" | "isAllowedSource" | "metrics">,
): void {
  let inFlight = 0;
  app.addHook("onRequest", async (request, reply) => {
    if (isAllowedSource?.(request.ip) === false) {
      metrics.unresolved.inc({ reason: "bad_source" });
      metrics.requests.inc({ kind: "other", outcome: "rejected" });
      return reply.code(403).header("connection", "close").send();
    }
    if (inFlight >= maxInFlight) {
      metrics.shed.inc({ limit: "in_flight" });
      metrics.requests.inc({ kind: "other", outcome: "shed" });
      return reply.code(503).header("connection", "close").send();
    }
    metrics.inFlight.set({}, ++inFlight);
    // Also when the caller hangs up before the answer.
    reply.raw.once("close", () => metrics.inFlight.set({}, --inFlight));
    return undefined;
  });
}
