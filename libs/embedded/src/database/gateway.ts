import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { z } from "zod";
import { type Caller, readToken } from "./gateway-keys.ts";
import { HttpProblem, readBody, sendJson, sendProblem } from "./http.ts";
import { createRpcEndpoint } from "./rpc-endpoint.ts";
import { type SqlEngine, toSqlError } from "./sql-engine.ts";
import type { FileStorage } from "./storage-endpoint.ts";

export interface GatewayOptions {
  jwtSecret: string;
  /** Serve `POST /pg/query` to the service role: tests and `npm run db:psql`. */
  allowSql: boolean;
}

/** What stands behind the gateway once the database is open. */
interface Backend {
  engine: SqlEngine;
  files: FileStorage;
}

export interface Gateway {
  server: Server;
  /** Until then every request but /health is answered 503. */
  serve(backend: Backend): void;
}

const MAX_JSON_BYTES = 16 * 1024 * 1024;
const MAX_FILE_BYTES = 32 * 1024 * 1024;

interface Route {
  backend: Backend;
  caller: Caller;
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
}

/** Makes the HTTP server that speaks the part of PostgREST and Supabase Storage that supabase-js uses here. */
export function createGateway({ jwtSecret, allowSql }: GatewayOptions): Gateway {
  let backend: Backend | null = null;
  let rpc: ReturnType<typeof createRpcEndpoint> | null = null;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodePath(request.url ?? "/");
    if (path === "/health") return health(response, backend);
    const caller = authenticate(request, jwtSecret);
    if (backend === null || rpc === null) throw new HttpProblem(503, "PGRST001", "The database is starting.");
    const route = { backend, caller, request, response, path };
    if (path.startsWith("/rest/v1/rpc/")) return answerRpc(route, rpc);
    if (path.startsWith("/storage/v1/object")) return answerStorage(route);
    if (path === "/pg/query" && allowSql) return answerSql(route);
    throw new HttpProblem(404, "PGRST125", "Invalid path specified in request URL");
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      // The body may be unread: the connection cannot be used again.
      response.setHeader("connection", "close");
      sendProblem(response, error instanceof HttpProblem ? error : new HttpProblem(500, "PGRSTX00", "Internal error"));
    });
  });
  return {
    server,
    serve(opened) {
      rpc = createRpcEndpoint(opened.engine);
      backend = opened;
    },
  };
}

function decodePath(url: string): string {
  try {
    return decodeURIComponent(url.split("?", 1)[0] ?? "/");
  } catch {
    throw new HttpProblem(400, "PGRST125", "Invalid path specified in request URL");
  }
}

function authenticate(request: IncomingMessage, secret: string): Caller {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const { apikey } = request.headers;
  const token = bearer ?? (typeof apikey === "string" ? apikey : undefined);
  if (token === undefined) throw new HttpProblem(401, "PGRST302", "No API key found in request");
  const caller = readToken(token, secret);
  if (caller === null) throw new HttpProblem(401, "PGRST301", "Invalid API key");
  return caller;
}

async function health(response: ServerResponse, backend: Backend | null): Promise<void> {
  if (backend === null) return sendJson(response, 503, JSON.stringify({ status: "starting" }));
  await backend.engine.query("select 1");
  sendJson(response, 200, JSON.stringify({ status: "ok", pid: process.pid }));
}

async function answerRpc(
  { request, response, path, caller }: Route,
  rpc: ReturnType<typeof createRpcEndpoint>,
): Promise<void> {
  if (request.method !== "POST") throw new HttpProblem(405, "PGRST101", "Only POST is served here");
  const text = (await readBody(request, MAX_JSON_BYTES)).toString("utf8");
  const name = path.slice("/rest/v1/rpc/".length);
  const { status, json } = await rpc(name, text, request.headers.accept ?? "", caller);
  if (json === null) response.writeHead(status).end();
  else sendJson(response, status, json);
}

async function answerStorage({ request, response, path, caller, backend: { files } }: Route): Promise<void> {
  if (caller.role !== "service_role") throw new HttpProblem(403, "AccessDenied", "Only the service role has files");
  if (request.method === "POST" && path.startsWith(LIST)) return await listFiles(request, response, path, files);
  const key = path.slice("/storage/v1/object".length).replace(/^\/(authenticated\/)?/, "");
  if (request.method === "GET") {
    const { bytes, mimeType } = await files.read(key);
    return void response.writeHead(200, { "content-type": mimeType }).end(bytes);
  }
  if (request.method === "POST" || request.method === "PUT") {
    const mimeType = request.headers["content-type"] ?? "application/octet-stream";
    const bytes = await readBody(request, MAX_FILE_BYTES);
    const upsert = request.method === "PUT" || request.headers["x-upsert"] === "true";
    await files.write(key, { bytes, mimeType }, upsert);
    return sendJson(response, 200, JSON.stringify({ Key: key }));
  }
  if (request.method === "DELETE") {
    const { prefixes } = JSON.parse((await readBody(request, MAX_JSON_BYTES)).toString("utf8")) as {
      prefixes?: unknown;
    };
    if (!Array.isArray(prefixes)) throw new HttpProblem(400, "InvalidRequest", "prefixes is missing");
    const removed = await files.remove(prefixes.map((prefix) => `${key}/${String(prefix)}`));
    return sendJson(response, 200, JSON.stringify(removed.map((name) => ({ name }))));
  }
  throw new HttpProblem(405, "MethodNotAllowed", "Method not allowed");
}

const LIST = "/storage/v1/object/list/";
const listSchema = z.object({
  prefix: z.string(),
  limit: z.number().int().min(1).max(1_000).default(100),
  offset: z.number().int().min(0).default(0),
});

/** `POST /object/list/<bucket>` as Supabase Storage has it; of its facts only the names. */
async function listFiles(request: IncomingMessage, response: ServerResponse, path: string, files: Backend["files"]) {
  const body = listSchema.safeParse(JSON.parse((await readBody(request, MAX_JSON_BYTES)).toString("utf8")));
  if (!body.success) throw new HttpProblem(400, "InvalidRequest", "prefix, limit or offset is wrong");
  const { prefix, limit, offset } = body.data;
  const folder = `${path.slice(LIST.length)}/${prefix.replace(/^\/+|\/+$/g, "")}`;
  const names = await files.list(folder, { limit, offset });
  sendJson(response, 200, JSON.stringify(names.map((name) => ({ name, id: name, metadata: null }))));
}

async function answerSql({ request, response, caller, backend: { engine } }: Route): Promise<void> {
  if (caller.role !== "service_role") throw new HttpProblem(403, "42501", "Only the service role runs SQL");
  const { query, parameters } = JSON.parse((await readBody(request, MAX_JSON_BYTES)).toString("utf8")) as {
    query: string;
    parameters?: unknown[];
  };
  try {
    const results = parameters ? [await engine.query(query, parameters)] : await engine.script(query);
    sendJson(
      response,
      200,
      JSON.stringify(results, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value)),
    );
  } catch (error) {
    const refusal = toSqlError(error);
    if (refusal === null) throw error;
    throw new HttpProblem(
      400,
      refusal.code,
      refusal.message,
      refusal.detail === undefined ? {} : { details: refusal.detail },
    );
  }
}
