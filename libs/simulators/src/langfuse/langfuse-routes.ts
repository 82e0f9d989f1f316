import { gunzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { isBasicAuth } from "./basic-auth.ts";
import { traceRoutes } from "./trace-routes.ts";

/** How many exports are kept to be looked at. */
const KEPT_EXPORTS = 200;

const exportSchema = z.looseObject({ resourceSpans: z.array(z.looseObject({ scopeSpans: z.array(z.unknown()) })) });

/** The simulated Langfuse, as its control sees it. */
export interface LangfuseSink {
  /** The newest exports, oldest first. */
  traces(): unknown[];
  stats(): { exports: number };
  clear(): void;
}

/** Registers `POST /api/public/otel/v1/traces`: takes OTLP JSON with Basic auth and keeps the newest. */
export function langfuseRoutes(server: FastifyInstance): LangfuseSink {
  let kept: unknown[] = [];
  let exports = 0;

  server.register(async (scope) => {
    scope.removeContentTypeParser("application/json");
    scope.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
      try {
        const bytes = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
        done(null, JSON.parse(bytes.toString()));
      } catch {
        done(null, undefined);
      }
    });
    scope.post("/api/public/otel/v1/traces", (request, reply) => {
      if (!isBasicAuth(request.headers.authorization)) return reply.code(401).send({ message: "Invalid credentials." });
      const parsed = exportSchema.safeParse(request.body);
      if (!parsed.success) return reply.code(400).send({ message: "The body is no OTLP trace export in JSON." });
      exports += 1;
      kept = [...kept, parsed.data].slice(-KEPT_EXPORTS);
      return reply.send({ partialSuccess: {} });
    });
  });
  traceRoutes(server, {
    kept: () => kept,
    keep: (exports) => {
      kept = exports;
    },
  });
  server.get("/simulator/langfuse/traces", () => ({ traces: kept }));
  server.get("/simulator/langfuse/stats", () => ({ exports }));
  return {
    traces: () => kept,
    stats: () => ({ exports }),
    clear: () => {
      kept = [];
      exports = 0;
    },
  };
}
