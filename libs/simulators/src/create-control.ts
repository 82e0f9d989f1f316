import type { GeminiSimulator } from "./gemini/gemini-routes.ts";
import type { StartedGupshup } from "./gupshup/start-gupshup.ts";
import type { LangfuseSink } from "./langfuse/langfuse-routes.ts";
import type { OpenAiSimulator } from "./openai/openai-routes.ts";
import type { SimulatorControl } from "./simulators.ts";
import { untilConversation } from "./until.ts";

const HOUR_MS = 3_600_000;
const DEFAULT_LIMIT_MS = 10_000;

interface Running {
  gupshup: StartedGupshup;
  openai: OpenAiSimulator;
  gemini: GeminiSimulator;
  langfuse: LangfuseSink;
}

/** The remote control of simulators in the same process. */
export function createControl({ gupshup, openai, gemini, langfuse }: Running): SimulatorControl {
  const { simulator } = gupshup;
  const { settings, conversations, media, faults } = simulator.parts;
  return {
    setWebhookUrl: (url) => {
      settings.webhookUrl = url;
    },
    customer: (phone, action) => ({ messageId: simulator.customer(phone, action) }),
    conversation: (app, phone) => conversations.view(app, phone),
    until: (app, phone, condition, limitMs = DEFAULT_LIMIT_MS) =>
      untilConversation(conversations, [app, phone], condition, limitMs),
    age: (app, phone, hours) =>
      conversations.setLastInbound(app, phone, new Date(settings.now().getTime() - hours * HOUR_MS)),
    expireMedia: () => media.expireAll(),
    probe: (app, kind) => simulator.probe(app, kind),
    setGupshupFaults: (list) => faults.set(list),
    setOpenAiFaults: openai.setFaults,
    setGeminiFaults: gemini.setFaults,
    stats: () => ({
      gupshup: gupshup.stats(),
      openai: openai.stats(),
      gemini: gemini.stats(),
      langfuse: langfuse.stats(),
    }),
    traces: langfuse.traces,
    reset: () => {
      for (const one of [gupshup, openai, gemini, langfuse]) one.clear();
    },
  };
}
