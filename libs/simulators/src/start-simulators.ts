import type { AddressInfo } from "node:net";
import { createServer } from "./create-server.ts";
import { startGupshup } from "./gupshup/start-gupshup.ts";
import type { SimulatorControl, SimulatorOptions, Simulators } from "./simulators.ts";
import { untilConversation } from "./until.ts";

/** Starts Gupshup, OpenAI, Gemini, Langfuse and the web phone on one port of this process. */
export async function startSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
  const server = createServer();
  const host = options.host ?? "127.0.0.1";
  let url = options.publicUrl ?? "";
  const gupshup = startGupshup(server, options, () => url);
  const { parts } = gupshup.simulator;

  const control: SimulatorControl = {
    setWebhookUrl: (webhookUrl) => {
      parts.settings.webhookUrl = webhookUrl;
    },
    customer: (phone, action) => ({ messageId: gupshup.simulator.customer(phone, action) }),
    conversation: (app, phone) => parts.conversations.view(app, phone),
    until: (app, phone, condition, limitMs = 10_000) =>
      untilConversation(parts.conversations, [app, phone], condition, limitMs),
    age: (app, phone, hours) =>
      parts.conversations.setLastInbound(app, phone, new Date(Date.now() - hours * 3_600_000)),
    expireMedia: () => parts.media.expireAll(),
    probe: (app, kind) => gupshup.simulator.probe(app, kind),
    setGupshupFaults: (faults) => parts.faults.set(faults),
    setOpenAiFaults: () => {},
    setGeminiFaults: () => {},
    stats: () => ({
      gupshup: gupshup.stats(),
      openai: { calls: {}, tools: {} },
      gemini: { calls: {}, tools: {} },
      langfuse: { exports: 0 },
    }),
    traces: () => [],
    reset: () => gupshup.clear(),
  };

  await server.listen({ host, port: options.port === "free" ? 0 : (options.port ?? 0) });
  url ||= `http://${host}:${(server.server.address() as AddressInfo).port}`;
  return {
    gupshupUrl: url,
    openaiUrl: `${url}/v1`,
    geminiUrl: url,
    langfuseUrl: url,
    webPhoneUrl: `${url}/`,
    control,
    stop: async () => {
      gupshup.stop();
      await server.close();
    },
  };
}
