import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { gupshupFaultSchema } from "../fault-schemas.ts";
import { readBody } from "../read-body.ts";
import { customerActionSchema } from "./conversation-types.ts";
import type { GupshupSimulator } from "./gupshup-simulator.ts";
import { SAMPLES } from "./sample-media.ts";

const phoneSchema = z.string().regex(/^\d{8,15}$/, "expected 8 to 15 digits");
const HOUR_MS = 3_600_000;

interface OnePair {
  Params: { app: string; phone: string };
}

/** The remote control of the simulated phones, for tests, the demo and the web phone. */
export function gupshupControlRoutes(server: FastifyInstance, simulator: GupshupSimulator, stats: () => object): void {
  const { settings, conversations, faults, media } = simulator.parts;

  server.get("/simulator/gupshup", () => ({
    simulator: "gupshup",
    notice: "This is a simulator: no message leaves this machine.",
    apps: settings.apps.map(({ name, number, title, isNotices = false }) => ({ name, number, title, isNotices })),
    people: settings.people,
    samples: SAMPLES.map(({ name, kind, title, description }) => ({ name, kind, title, isBroken: description === "" })),
  }));
  server.post<{ Params: { phone: string } }>("/simulator/gupshup/customers/:phone/messages", (request, reply) => {
    const phone = readBody(phoneSchema, request.params.phone);
    const messageId = simulator.customer(phone, readBody(customerActionSchema, request.body));
    return reply.code(202).send({ messageId });
  });
  server.get("/simulator/gupshup/conversations", () => ({ conversations: conversations.all() }));
  server.get<OnePair>("/simulator/gupshup/conversations/:app/:phone", (request) =>
    conversations.view(simulator.parts.appNamed(request.params.app).name, request.params.phone),
  );
  server.post<OnePair>("/simulator/gupshup/conversations/:app/:phone/age", (request) => {
    const { hours } = readBody(z.strictObject({ hours: z.number().nonnegative() }), request.body);
    const { app, phone } = request.params;
    conversations.setLastInbound(app, phone, new Date(settings.now().getTime() - hours * HOUR_MS));
    return { lastInboundAt: conversations.view(app, phone).lastInboundAt };
  });
  server.post("/simulator/gupshup/media/expire", () => {
    media.expireAll();
    return { expired: true };
  });
  server.post("/simulator/gupshup/probes", (request, reply) => {
    const kinds = z.enum(["validation", "connectivity"]);
    const { app, kind } = readBody(z.strictObject({ app: z.string(), kind: kinds }), request.body);
    simulator.probe(app, kind);
    return reply.code(202).send({ app, kind });
  });
  server.put("/simulator/gupshup/webhook", (request) => {
    settings.webhookUrl = readBody(z.strictObject({ url: z.url() }), request.body).url;
    return { url: settings.webhookUrl };
  });
  server.get("/simulator/gupshup/faults", () => ({ faults: faults.list() }));
  server.put("/simulator/gupshup/faults", (request) => {
    faults.set(readBody(z.strictObject({ faults: z.array(gupshupFaultSchema) }), request.body).faults);
    return { faults: faults.list() };
  });
  server.get("/simulator/gupshup/stats", () => stats());
}
