import type { Logger } from "@skytide/telemetry";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import type { BrainMetrics } from "../metrics.ts";
import type { createInvokeHandler } from "./invoke.ts";
import { idempotencyKeySchema, invokeBodySchema } from "./invoke-request.ts";
import { type InvokeTokens, organizationsOf } from "./tokens.ts";

/** Twenty earlier messages of 4,096 characters, each up to four bytes. */
const MAX_BODY_BYTES = 400_000;

interface Deps {
  tokens: InvokeTokens;
  invoke: ReturnType<typeof createInvokeHandler>;
  metrics: Pick<BrainMetrics, "invoked">;
  log: Logger;
  /** Aborted when the stage stops. */
  signal: AbortSignal;
}

/** The door for channels other than WhatsApp: `POST /invoke` with the organization's token. */
export function createServer(deps: Deps): FastifyInstance {
  const server = fastify({ logger: false, bodyLimit: MAX_BODY_BYTES });
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => answerError(deps, error, reply));
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "not_found" }));
  server.addHook("onRequest", async (request, reply) => {
    if (organizationsOf(deps.tokens, request.headers.authorization).size > 0) return;
    deps.metrics.invoked("unauthorized");
    return await reply.code(401).send({ error: "unauthorized" });
  });
  server.post("/invoke", (request, reply) => answer(deps, request, reply));
  return server;
}

async function answer(deps: Deps, request: FastifyRequest, reply: FastifyReply) {
  const body = invokeBodySchema.safeParse(request.body);
  const key = idempotencyKeySchema.safeParse(request.headers["idempotency-key"]);
  if (!body.success || !key.success) {
    const named = body.success ? [] : body.error.issues.map(({ path }) => String(path[0] ?? "body"));
    const fields = [...new Set([...named, ...(key.success ? [] : ["Idempotency-Key"])])];
    deps.metrics.invoked("rejected");
    return await reply.code(400).send({ error: "invalid_request", fields });
  }
  if (!organizationsOf(deps.tokens, request.headers.authorization).has(body.data.organizationId)) {
    deps.metrics.invoked("unauthorized");
    return await reply.code(403).send({ error: "forbidden" });
  }
  const outcome = await deps.invoke({ body: body.data, idempotencyKey: key.data ?? null, signal: deps.signal });
  switch (outcome.kind) {
    case "answered":
      deps.metrics.invoked(outcome.botEnabled ? "answered" : "bot_off");
      return await reply.send({ response: outcome.response, botEnabled: outcome.botEnabled });
    case "not_found":
      deps.metrics.invoked("not_found");
      return await reply.code(404).send({ error: "unknown_conversation" });
    case "busy":
    case "key_used":
      deps.metrics.invoked("busy");
      return await reply.code(409).send({ error: outcome.kind === "busy" ? "busy" : "idempotency_key_used" });
  }
}

async function answerError(deps: Deps, error: Error & { statusCode?: number }, reply: FastifyReply) {
  const status = error.statusCode ?? 503;
  if (status < 500) {
    deps.metrics.invoked("rejected");
    const [code, fields] = status === 413 ? ["too_large", undefined] : ["invalid_request", ["body"]];
    return await reply.code(status).send({ error: code, ...(fields === undefined ? {} : { fields }) });
  }
  deps.metrics.invoked("failed");
  deps.log.error("invoke-failed", error);
  return await reply.code(503).send({ error: "unavailable" });
}
