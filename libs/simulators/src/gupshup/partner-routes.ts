import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DEMO_PARTNER_TOKEN, type GupshupApp, partnerAppToken } from "./apps.ts";
import type { GupshupSimulator } from "./gupshup-simulator.ts";

/** A webhook that a partner subscribed for an app. */
interface Subscription {
  id: string;
  appId: string;
  tag: string;
  url: string;
  version: number;
  modes: string[];
  active: boolean;
  /** Sent with every call; never shown. */
  headers: Record<string, string>;
}

// As documented: five of them per app (gupshup.md §1).
const MAX_SUBSCRIPTIONS = 5;

const error = (message: string) => ({ status: "error", message });

/**
 * The partner API as far as setting an app up needs it (tokens, webhook subscriptions), and the list of an app's templates.
 * Subscriptions are kept and shown; webhooks go on to where this simulator was told to send them.
 */
export function partnerRoutes(server: FastifyInstance, { parts: { settings } }: GupshupSimulator): void {
  const kept = new Map<string, Subscription[]>();
  const of = (app: GupshupApp) => kept.get(app.id) ?? [];
  const appOf = (request: FastifyRequest) =>
    settings.apps.find(({ id }) => id === (request.params as { appId: string }).appId);
  const partnersApp = (request: FastifyRequest) => {
    const app = appOf(request);
    return app && request.headers.authorization === partnerAppToken(app) ? app : undefined;
  };

  server.get("/wa/app/:appId/template", (request, reply) => {
    const app = appOf(request);
    if (!app || request.headers.apikey !== app.apiKey) return reply.code(401).send(error("Authentication Failed"));
    const templates = settings.templates.map(({ id, text }) => ({
      ...{ id, appId: app.id, elementName: `demo_${id.slice(0, 8)}`, languageCode: "es", status: "APPROVED" },
      ...{ category: "UTILITY", data: text },
    }));
    return reply.send({ status: "success", templates });
  });

  server.get("/partner/app/:appId/token", (request, reply) => {
    const app = appOf(request);
    if (request.headers.authorization !== DEMO_PARTNER_TOKEN) return reply.code(401).send(error("Unauthorised Access"));
    if (!app) return reply.code(400).send(error("App not found"));
    return reply.send({ status: "success", token: { token: partnerAppToken(app), active: true } });
  });

  server.get("/partner/app/:appId/subscription", (request, reply) => {
    const app = partnersApp(request);
    if (!app) return reply.code(401).send(error("Unauthorised Access"));
    return reply.send({ status: "success", subscriptions: of(app).map(shown) });
  });

  server.post("/partner/app/:appId/subscription", (request, reply) => {
    const app = partnersApp(request);
    if (!app) return reply.code(401).send(error("Unauthorised Access"));
    const made = read(request.body, { id: randomUUID(), appId: app.id });
    if (made === undefined) return reply.code(400).send(error("Invalid subscription"));
    if (of(app).length >= MAX_SUBSCRIPTIONS) return reply.code(400).send(error("Subscription limit reached"));
    if (of(app).some(({ tag }) => tag === made.tag)) return reply.code(400).send(error("Duplicate tag"));
    kept.set(app.id, [...of(app), made]);
    return reply.send({ status: "success", subscription: shown(made) });
  });

  server.put("/partner/app/:appId/subscription/:id", (request, reply) => {
    const app = partnersApp(request);
    if (!app) return reply.code(401).send(error("Unauthorised Access"));
    const { id } = request.params as { id: string };
    const changed = read(request.body, { id, appId: app.id });
    const isThere = of(app).some((one) => one.id === id);
    if (changed === undefined || !isThere) return reply.code(400).send(error("Invalid subscription"));
    kept.set(
      app.id,
      of(app).map((one) => (one.id === id ? changed : one)),
    );
    return reply.send({ status: "success", subscription: shown(changed) });
  });

  // What a test wants to know and the real API never shows.
  server.get("/simulator/gupshup/subscriptions/:appId", (request, reply) => {
    const app = appOf(request);
    return app ? reply.send({ subscriptions: of(app) }) : reply.code(404).send({ error: "there is no such app" });
  });
}

function shown({ headers: _, ...subscription }: Subscription) {
  return { ...subscription, mode: 0, latencyBucket: "LOW" };
}

function read(body: unknown, known: { id: string; appId: string }): Subscription | undefined {
  const form = Object.fromEntries(new URLSearchParams(String(body ?? "")));
  const { tag = "", url = "", version = "2", modes = "", meta = "{}" } = form;
  if (tag === "" || !URL.canParse(url) || !["2", "3"].includes(version)) return undefined;
  try {
    const { headers = {} } = JSON.parse(meta) as { headers?: Record<string, string> };
    const list = modes.split(",").filter((mode) => mode !== "");
    return { ...known, tag, url, version: Number(version), modes: list, active: true, headers };
  } catch {
    return undefined;
  }
}
