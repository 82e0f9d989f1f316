import fastify, { type FastifyInstance } from "fastify";

/** A media file of 10 MB is 13.4 MB as base64 inside a Gemini request. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Which simulator a path belongs to: every answer says so in `x-skytide-simulator`. */
function simulatorOf(path: string): string {
  if (path.startsWith("/v1beta/")) return "gemini";
  if (path.startsWith("/v1/")) return "openai";
  if (path.startsWith("/api/public/") || path.startsWith("/trace/")) return "langfuse";
  return path.startsWith("/wa/") || path.startsWith("/partner/") ? "gupshup" : "control";
}

/** Creates the HTTP server that all simulators share: no logs, honest headers, errors as JSON. */
export function createServer(): FastifyInstance {
  const server = fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true });
  server.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, body, done) =>
    done(null, body),
  );
  server.addHook("onSend", async (request, reply) => {
    reply.header("x-skytide-simulator", simulatorOf(request.url));
  });
  server.setErrorHandler<Error & { statusCode?: number }>((error, _, reply) => {
    const status = error.statusCode ?? 500;
    return reply.code(status).send({ status: "error", message: error.message });
  });
  server.setNotFoundHandler((_, reply) =>
    reply.code(404).send({ status: "error", message: "This is the Skytide simulator; it has no such path." }),
  );
  return server;
}
