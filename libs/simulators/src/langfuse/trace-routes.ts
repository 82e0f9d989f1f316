import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { isBasicAuth } from "./basic-auth.ts";

interface Kept {
  kept(): readonly unknown[];
  keep(exports: unknown[]): void;
}

const spanSchema = z.looseObject({
  traceId: z.string(),
  attributes: z.array(z.looseObject({ key: z.string(), value: z.looseObject({ stringValue: z.string().optional() }) })),
});
const exportSchema = z.looseObject({
  resourceSpans: z.array(z.looseObject({ scopeSpans: z.array(z.looseObject({ spans: z.array(spanSchema) })) })),
});
const listSchema = z.object({
  sessionId: z.string().optional(),
  page: z.coerce.number().int().min(1).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
const deleteSchema = z.object({ traceIds: z.array(z.string()).min(1) });

/**
 * Registers `GET` and `DELETE /api/public/traces`: the traces of a session, and their end (Langfuse's public API); and `/trace/<id>`,
 * where Langfuse has its page of a trace: here its spans as they came, so that a link from Grafana leads somewhere.
 */
export function traceRoutes(server: FastifyInstance, { kept, keep }: Kept): void {
  server.get("/api/public/traces", (request, reply) => {
    if (!isBasicAuth(request.headers.authorization)) return reply.code(401).send({ message: "Invalid credentials." });
    const query = listSchema.safeParse(request.query);
    if (!query.success) return reply.code(400).send({ message: "Invalid request data" });
    const { sessionId, page, limit } = query.data;
    const sessions = sessionsOf(kept());
    const found = [...sessions].filter(([, session]) => sessionId === undefined || session === sessionId);
    const data = found.slice((page - 1) * limit, page * limit).map(([id, session]) => ({ id, sessionId: session }));
    const totalPages = Math.ceil(found.length / limit);
    return reply.send({ data, meta: { page, limit, totalItems: found.length, totalPages } });
  });
  server.get<{ Params: { id: string } }>("/trace/:id", ({ params: { id } }, reply) => {
    const spans = kept()
      .flatMap(spansOf)
      .filter(({ traceId }) => traceId === id);
    if (spans.length === 0) return reply.code(404).send({ message: `There is no trace ${id} among the newest.` });
    return reply.type("application/json").send(JSON.stringify({ traceId: id, spans }, null, 2));
  });
  server.delete("/api/public/traces", (request, reply) => {
    if (!isBasicAuth(request.headers.authorization)) return reply.code(401).send({ message: "Invalid credentials." });
    const body = deleteSchema.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ message: "Invalid request data" });
    keep(kept().flatMap((one) => without(one, new Set(body.data.traceIds))));
    return reply.send({ message: "Traces deleted successfully" });
  });
}

function sessionsOf(exports: readonly unknown[]): Map<string, string | null> {
  const sessions = new Map<string, string | null>();
  for (const span of exports.flatMap(spansOf)) {
    const session = span.attributes.find(({ key }) => key === "session.id")?.value.stringValue ?? null;
    sessions.set(span.traceId, session ?? sessions.get(span.traceId) ?? null);
  }
  return sessions;
}

function spansOf(one: unknown) {
  const parsed = exportSchema.safeParse(one);
  return parsed.success
    ? parsed.data.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    : [];
}

function without(one: unknown, traceIds: ReadonlySet<string>): unknown[] {
  const parsed = exportSchema.safeParse(one);
  if (!parsed.success) return [one];
  const resourceSpans = parsed.data.resourceSpans.map((resource) => ({
    ...resource,
    scopeSpans: resource.scopeSpans.map((scope) => ({
      ...scope,
      spans: scope.spans.filter(({ traceId }) => !traceIds.has(traceId)),
    })),
  }));
  return [{ ...parsed.data, resourceSpans }];
}
