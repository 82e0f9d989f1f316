import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Conversations } from "./conversations.ts";

/** Keeps proxies and browsers from thinking that the stream is dead. */
const HEARTBEAT_MS = 15_000;

/** Server-sent events of everything that happens on the phones: `hello` first, then one `change` per message or tick. */
export function liveStreamRoute(server: FastifyInstance, conversations: Conversations): void {
  const instance = randomUUID();
  server.get("/simulator/gupshup/stream", (_, reply) => {
    const { raw } = reply.hijack();
    raw.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-skytide-simulator": "gupshup",
    });
    const tell = (event: string, data: object) => raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    // A page that sees another instance than before reads everything again.
    tell("hello", { instance });
    const stopWatching = conversations.watch((change) => tell("change", change));
    const heartbeat = setInterval(() => raw.write(": still here\n\n"), HEARTBEAT_MS);
    raw.on("close", () => {
      stopWatching();
      clearInterval(heartbeat);
    });
  });
}
