import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Counts } from "../counts.ts";
import type { GupshupSimulator } from "./gupshup-simulator.ts";

const eventSchema = z.object({
  type: z.literal("message-event"),
  message: z.object({
    messaging_product: z.literal("whatsapp"),
    status: z.literal("read"),
    message_id: z.string().min(1),
    typing_indicator: z.object({ type: z.literal("text") }).optional(),
  }),
});

/** The partner API's read mark and "typing…": `POST /partner/app/{appId}/v1/event` with the app's own token. */
export function partnerEventRoute(server: FastifyInstance, simulator: GupshupSimulator, typing: Counts): void {
  const refuse = (message: string) => ({ status: "error", message });
  server.post<{ Params: { appId: string } }>("/partner/app/:appId/v1/event", (request, reply) => {
    const app = simulator.parts.settings.apps.find((one) => one.id === request.params.appId);
    if (!app || request.headers.authorization !== `demo-partner-app-token-${app.id}`)
      return reply.code(401).send(refuse("Authentication Failed"));
    const event = eventSchema.safeParse(request.body);
    if (!event.success) return reply.code(400).send(refuse("Invalid JSON payload"));
    const { message } = event.data;
    if (!simulator.business.markRead(app, message.message_id))
      return reply.code(400).send(refuse("Outbound event not supported"));
    if (message.typing_indicator) typing.add(app.name);
    return reply.send({ status: "success" });
  });
}
