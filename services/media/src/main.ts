import { createDescriber } from "@skytide/models";
import { runStage } from "@skytide/stage";
import { createStore, SCHEMA_VERSION } from "@skytide/store";
import { configSchema } from "./config.ts";
import { countedDescriber } from "./counted-describer.ts";
import { createDownload } from "./download.ts";
import { createHandler } from "./handler.ts";
import { createKnownDescriptions } from "./known-descriptions.ts";
import { createGeminiMetrics, createMediaMetrics } from "./metrics.ts";
import { createObserver } from "./observe.ts";
import { startWorker } from "./worker.ts";

const DESCRIPTIONS = { durable: "media", stream: "CONVERSATIONS", subject: "conv.*.*.inbound" };

await runStage({
  stage: "media",
  schema: configSchema,
  async start(context) {
    const { bus, clock, config, log, metrics, stack } = context;
    const store = createStore({
      url: config.SUPABASE_URL,
      serviceRoleKey: config.SUPABASE_SERVICE_ROLE_KEY,
      dependencies: metrics.dependencies,
    });
    context.guardDatabase(() => store.health(), SCHEMA_VERSION);
    const describer = createDescriber({
      apiKey: config.GEMINI_API_KEY,
      model: config.GEMINI_MODEL,
      ...(config.GEMINI_BASE_URL === undefined ? {} : { baseUrl: config.GEMINI_BASE_URL }),
      ...(config.MODEL_PRICES === undefined ? {} : { prices: config.MODEL_PRICES }),
      timeoutMs: config.GEMINI_TIMEOUT_MS,
      totalMs: config.GEMINI_TIMEOUT_MS * 1.5,
      ...createGeminiMetrics(metrics, config.GEMINI_MODEL),
    });
    const handler = createHandler({
      download: createDownload({
        allowed: config.MEDIA_ALLOWED_HOSTS,
        maxBytes: config.MEDIA_MAX_BYTES,
        timeoutMs: config.MEDIA_DOWNLOAD_TIMEOUT_MS,
      }),
      store,
      describe: countedDescriber(describer, { store, stack, log, now: clock }),
      known: createKnownDescriptions({
        bucket: bus.keyValue("DESCRIPTIONS"),
        readEvent: async (sequence) => (await bus.readOriginal({ ...DESCRIPTIONS, sequence }))?.json() ?? null,
        now: clock,
      }),
      publish: (event) => bus.publish(event),
      observe: createObserver(createMediaMetrics(metrics), log),
      now: clock,
    });
    startWorker(context, handler);
  },
});
