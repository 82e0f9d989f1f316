import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import type { Logger } from "@skytide/telemetry";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { z } from "zod";
import type { NotifierMetrics } from "./metrics.ts";
import type { EscalationAnswer, EscalationRequest } from "./request-escalation.ts";

const MAX_BODY_BYTES = 16_384;
const MAX_REASON_CHARACTERS = 1000;

const bodySchema = z.object({
  organization_id: z.uuid(),
  chat_identity_id: z.uuid(),
  phone_number: z.string().trim().min(1),
  country_code: z.string().trim().min(1),
  reason: z
    .string()
    .trim()
    .min(1)
    .transform((text) => text.slice(0, MAX_REASON_CHARACTERS)),
});

interface Deps {
  token: string;
  escalate(request: EscalationRequest): Promise<EscalationAnswer>;
  metrics: NotifierMetrics;
  log: Logger;
  /** Aborted when the stage stops. */
  signal: AbortSignal;
}

const STATUS = { notified: 200, pending: 202, unknown_identity: 404, failed: 502 } as const;

/** The CRM's door: `POST /internal/notify/escalation` with the internal token. */
export function createServer(deps: Deps): FastifyInstance {
  const server = fastify({ logger: false, bodyLimit: MAX_BODY_BYTES });
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => answerError(deps, error, reply));
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ success: false, error: "not_found" }));
  server.addHook("onRequest", async (request, reply) => {
    if (!isAllowed(request.headers.authorization, deps.token)) return await reject(deps, reply, 401, "unauthorized");
  });
  server.post("/internal/notify/escalation", (request, reply) => escalate(deps, request, reply));
  return server;
}

async function escalate(deps: Deps, request: FastifyRequest, reply: FastifyReply) {
  const parsed = bodySchema.safeParse(request.body);
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? "body")))];
    return await reject(deps, reply, 400, `missing or invalid: ${fields.join(", ")}`, fields);
  }
  const { organization_id: organizationId, chat_identity_id: chatIdentityId, reason } = parsed.data;
  const header = request.headers["idempotency-key"];
  const idempotencyKey = `crm:${typeof header === "string" && header !== "" ? header.slice(0, 100) : randomUUID()}`;
  const { signal } = deps;
  const answer = await deps.escalate({ organizationId, chatIdentityId, reason, idempotencyKey, signal });
  if (answer.kind === "unknown_identity") return await reject(deps, reply, 404, "unknown_identity");
  deps.metrics.requests.inc({ outcome: answer.kind });
  const detail = answer.kind === "failed" ? { error: answer.reason } : {};
  return await reply.code(STATUS[answer.kind]).send({ success: answer.kind === "notified", ...detail });
}

async function reject(deps: Deps, reply: FastifyReply, status: number, error: string, fields?: string[]) {
  deps.metrics.requests.inc({ outcome: "rejected" });
  return await reply.code(status).send({ success: false, error, ...(fields === undefined ? {} : { fields }) });
}

async function answerError(deps: Deps, error: Error & { statusCode?: number }, reply: FastifyReply) {
  const status = error.statusCode ?? 503;
  if (status < 500) return await reject(deps, reply, status, status === 413 ? "too_large" : "invalid_body");
  deps.metrics.requests.inc({ outcome: "error" });
  deps.log.error("escalation-request-failed", error);
  return await reply.code(503).send({ success: false, error: "unavailable" });
}

/** Compares hashes, so that neither length nor content shows in the time it takes. */
function isAllowed(header: string | undefined, token: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(header ?? ""), hash(`Bearer ${token}`));
}
