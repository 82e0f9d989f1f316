import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import type { FastifyInstance } from "fastify";

const FOLDER = new URL("./web-phone/", import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};
/** The page needs nothing but this server. */
const POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Serves the web phone: its page at `/`, its files under `/web-phone/`; only files of its own folder, read once. */
export function webPhoneRoutes(server: FastifyInstance): void {
  for (const name of readdirSync(FOLDER)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const bytes = readFileSync(new URL(name, FOLDER));
    const path = name === "index.html" ? "/" : `/web-phone/${name}`;
    server.get(path, (_, reply) =>
      reply.type(type).header("content-security-policy", POLICY).header("cache-control", "no-cache").send(bytes),
    );
  }
}
