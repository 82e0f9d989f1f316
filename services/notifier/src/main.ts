import { setTimeout } from "node:timers/promises";
import { createGupshupClient } from "@skytide/gupshup";
import { crashPoint, NotWell, runStage, type StageContext } from "@skytide/stage";
import { createStore, SCHEMA_VERSION, type Store } from "@skytide/store";
import { type Config, configSchema } from "./config.ts";
import { createGiveUp, createHandler } from "./handler.ts";
import { createNotifierMetrics, type NotifierMetrics } from "./metrics.ts";
import { createNoticeReceipts } from "./notice-receipts.ts";
import { toOperation } from "./notice-record.ts";
import { createNotificationApp, missingSettings } from "./notification-app.ts";
import { notify } from "./notify.ts";
import { createReminderArming } from "./reminders/arm-reminder.ts";
import { createReminderFiring } from "./reminders/fire-reminder.ts";
import { createReminderDeps } from "./reminders/reminder-deps.ts";
import { createEscalationRequest } from "./request-escalation.ts";
import { createServer } from "./server.ts";
import { startReconciling } from "./start-reconciling.ts";
import { createHandoffGiveUp, createHandoffTending, type HandoffDeps } from "./tend-handoff.ts";
import { timersOf } from "./timers.ts";
import { startWorkers } from "./worker.ts";

/** A call's timeout and some more: until then its process may still be waiting for the answer. */
const UNCERTAIN_GRACE_MS = 5000;

await runStage({ stage: "notifier", schema: configSchema, start });

async function start(context: StageContext<Config>): Promise<void> {
  const { config, health, log } = context;
  const metrics = createNotifierMetrics(context.metrics);
  const store = createStore({
    url: config.SUPABASE_URL,
    serviceRoleKey: config.SUPABASE_SERVICE_ROLE_KEY,
    dependencies: context.metrics.dependencies,
  });
  context.guardDatabase(() => store.health(), SCHEMA_VERSION);
  const missing = missingSettings(config);
  metrics.configured.set({}, missing.length === 0 ? 1 : 0);
  health.report(
    "notifications",
    async () => {
      if (missing.length > 0) throw new NotWell(`not configured: ${missing.join(", ")}`);
    },
    "Staff cannot be told that a customer asks for a person: set what is missing (.env.example, notifier) and restart.",
  );
  const deps = createDeps(context, store, metrics);
  const reminders = createReminderDeps(context, store, metrics);
  const tendHandoff = createHandoffTending(deps);
  startWorkers(context, {
    notify: createHandler(deps),
    giveUp: createGiveUp(deps),
    armReminder: createReminderArming(reminders),
    fireReminder: createReminderFiring(reminders),
    tendHandoff,
    giveUpHandoff: createHandoffGiveUp(deps),
    hearNotice: createNoticeReceipts({
      ...deps,
      failNotice: store.failNotice,
      templates: {
        first: config.GUPSHUP_ESCALATION_TEMPLATE_ID,
        fallback: config.GUPSHUP_ESCALATION_FALLBACK_TEMPLATE_ID,
      },
    }),
  });
  startReconciling(context, { store, reminders, tendHandoff, metrics });
  if (config.INTERNAL_TOKEN === undefined) log.warn("internal-endpoint-closed", { setting: "INTERNAL_TOKEN" });
  else await listen(context, deps, store, config.INTERNAL_TOKEN);
}

function createDeps(context: StageContext<Config>, store: Store, metrics: NotifierMetrics): HandoffDeps {
  const { bus, clock, config, log } = context;
  const gupshup = createGupshupClient({
    baseUrl: config.GUPSHUP_API_URL,
    timeoutMs: config.NOTICE_TIMEOUT_MS,
    onRequest: context.metrics.dependencies.requests("gupshup"),
  });
  return {
    notices: store,
    handoffs: store,
    sendTemplate: createNotificationApp(gupshup, config),
    hasFallback: config.GUPSHUP_ESCALATION_FALLBACK_TEMPLATE_ID !== undefined,
    publish: async (event) => void (await bus.publish(event)),
    record: async (record) => {
      const { subject, json, id } = toOperation(record, clock());
      await bus.publishOperation(subject, json, id);
    },
    arm: ({ organizationId, chat }, at) => timersOf(bus).arm("handoff", organizationId, chat, at),
    now: clock,
    crashPoint,
    metrics,
    log,
    policy: { uncertainWaitMs: config.NOTICE_TIMEOUT_MS + UNCERTAIN_GRACE_MS },
  };
}

async function listen(context: StageContext<Config>, deps: HandoffDeps, store: Store, token: string): Promise<void> {
  const { bus, clock, config, log, signal, stack } = context;
  const escalate = createEscalationRequest({
    ...store,
    publish: async (event) => void (await bus.publish(event)),
    notify: (escalation) => notify(deps, escalation),
    onRaised: () => deps.metrics.escalations.inc({ reason: "user_asked" }),
    now: clock,
    // An abort only ends the wait; who waited looks at the signal.
    wait: (ms, aborted) => setTimeout(ms, undefined, { signal: aborted }).catch(() => undefined),
    policy: { answerWithinMs: 10_000, pollMs: 500 },
  });
  const server = createServer({ token, escalate, metrics: deps.metrics, log, signal });
  stack.defer(() => server.close());
  await server.listen({ host: config.NOTIFIER_HOST, port: config.NOTIFIER_PORT });
}
