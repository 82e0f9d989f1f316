import { connectCoordination } from "@skytide/coordination";
import { readButton } from "@skytide/events";
import { createEmbedder, createLanguageModel } from "@skytide/models";
import { crashPoint, runStage } from "@skytide/stage";
import { createStore, SCHEMA_VERSION } from "@skytide/store";
import { beginTurnIn } from "./begin-turn.ts";
import { openBriefs } from "./brief/index.ts";
import { configSchema } from "./config.ts";
import { chart, createDecider } from "./conversation/index.ts";
import { createDebounceHandler, createTurnHandler } from "./handler.ts";
import { listenForInvocations } from "./invoke/listen.ts";
import { startSweeping } from "./keep-sweeping.ts";
import { createBrainMetrics } from "./metrics.ts";
import { createOpenAiMetrics } from "./model-metrics.ts";
import { createTurnObserver } from "./observe.ts";
import { keepBriefs } from "./organization-briefs.ts";
import { startResuming } from "./resume-paused.ts";
import { startRetention } from "./retention.ts";
import { showDraftIn } from "./show-draft.ts";
import { createTurnTimers } from "./timers.ts";
import { countTools, createToolMetrics, createTools } from "./tools/index.ts";
import { type ConversationId, createGiveUp, createTurn } from "./turn/index.ts";
import { watchConversations } from "./watch.ts";
import { startWorkers } from "./worker.ts";

/** How soon a changed setting is known here. */
const BRIEFS_REFRESH_MS = 30_000;

/** What to do when leases cannot be had. */
const COORDINATION =
  "Is Redis up at REDIS_URL? Without that setting leases are in NATS: see the checks above. Messages wait meanwhile.";

await runStage({
  stage: "brain",
  schema: configSchema,
  async start(context) {
    const { bus, clock, config, log, stack, tracer } = context;
    const metrics = createBrainMetrics(context.metrics);
    const provider = {
      apiKey: config.OPENAI_API_KEY,
      ...(config.OPENAI_BASE_URL === undefined ? {} : { baseUrl: config.OPENAI_BASE_URL }),
      ...(config.MODEL_PRICES === undefined ? {} : { prices: config.MODEL_PRICES }),
      timeoutMs: config.OPENAI_TIMEOUT_MS,
      ...createOpenAiMetrics(context.metrics, config),
    };
    const model = createLanguageModel({ ...provider, model: config.OPENAI_CHAT_MODEL, wire: config.OPENAI_WIRE });
    const embedder = createEmbedder({ ...provider, model: config.OPENAI_EMBEDDING_MODEL });

    const store = createStore({
      url: config.SUPABASE_URL,
      serviceRoleKey: config.SUPABASE_SERVICE_ROLE_KEY,
      dependencies: context.metrics.dependencies,
    });
    context.guardDatabase(() => store.health(), SCHEMA_VERSION);
    const coordination = await connectCoordination({
      redisUrl: config.REDIS_URL,
      bus,
      onRequest: context.metrics.dependencies.requests("redis"),
    });
    stack.defer(() => coordination.close());
    context.health.check("coordination", () => coordination.check(), COORDINATION);
    const watcher = watchConversations(bus);
    stack.defer(() => watcher.stop());

    const briefs = keepBriefs({ list: store.listOrganizationSettings, refreshMs: BRIEFS_REFRESH_MS, log });
    stack.use(briefs);
    const debounceOf = (organizationId: string) => ({
      debounceMs: briefs.of(organizationId)?.debounceMs ?? config.DEBOUNCE_MS,
      debounceMaxMs: config.DEBOUNCE_MAX_MS,
    });
    const timers = createTurnTimers(bus, debounceOf, clock);
    const { brief, spend } = openBriefs(context, { store, model, defaultModel: config.OPENAI_CHAT_MODEL });
    const turnDeps = {
      log: bus,
      leases: coordination.leases,
      journals: coordination.journals,
      timers,
      watch: watcher.watch,
      beginTurn: beginTurnIn(store),
      saidElsewhere: store.saidElsewhere,
      readButton: (conversation: ConversationId, payload: string) =>
        config.BUTTON_SIGNING_KEYS === undefined ? null : readButton(config.BUTTON_SIGNING_KEYS, conversation, payload),
      brief,
      showDraft: showDraftIn(store),
      chart,
      decide: createDecider({ model }),
      tools: countTools(createTools({ store, model, embedder }), createToolMetrics(context.metrics)),
      settings: {
        mediaWaitMs: config.MEDIA_WAIT_MS,
        debounceMaxMs: config.DEBOUNCE_MAX_MS,
        turnBudgetMs: config.TURN_BUDGET_MS,
        turnDeadlineMs: config.TURN_DEADLINE_MS,
        agentEnabled: config.AI_AGENT_ENABLED,
      },
      now: clock,
      crashPoint,
    };
    startRetention(context, store);
    startSweeping(context, { leases: coordination.leases, timers, metrics, store });
    startResuming(context, { store, timers });
    await listenForInvocations(context, { store, metrics, turn: turnDeps });
    startWorkers(context, {
      debounce: createDebounceHandler(timers),
      turns: createTurnHandler({
        turn: createTurn(turnDeps),
        giveUp: createGiveUp(turnDeps),
        ...createTurnObserver({ log, metrics, tracer, spend }),
      }),
    });
  },
});
