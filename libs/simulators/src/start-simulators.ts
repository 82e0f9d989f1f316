import type { AddressInfo } from "node:net";
import { createControl } from "./create-control.ts";
import { createServer } from "./create-server.ts";
import { geminiRoutes } from "./gemini/gemini-routes.ts";
import { startGupshup } from "./gupshup/start-gupshup.ts";
import { langfuseRoutes } from "./langfuse/langfuse-routes.ts";
import { openAiRoutes } from "./openai/openai-routes.ts";
import type { SimulatorOptions, Simulators } from "./simulators.ts";
import { webPhoneRoutes } from "./web-phone-routes.ts";

/** Starts Gupshup, OpenAI, Gemini, Langfuse and the web phone on one port of this process. */
export async function startSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
  const server = createServer();
  const host = options.host ?? "127.0.0.1";
  let url = options.publicUrl ?? "";
  const gupshup = startGupshup(server, options, () => url);
  const control = createControl({
    gupshup,
    openai: openAiRoutes(server),
    gemini: geminiRoutes(server),
    langfuse: langfuseRoutes(server),
  });
  webPhoneRoutes(server);
  server.post("/simulator/reset", () => {
    control.reset();
    return { reset: true };
  });

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
