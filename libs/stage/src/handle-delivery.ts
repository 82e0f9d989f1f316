import type { BusMessage } from "@skytide/bus";
import { PermanentError, TenantConfigError } from "@skytide/errors";
import { traceIdOf } from "@skytide/telemetry";
import type { Attempt as Count } from "./attempts.ts";
import { crashPoint } from "./crash-point.ts";
import { type Origin, publishDeadLetter, toDeadLetter } from "./dead-letter.ts";
import { type Failure, toFailure } from "./failure.ts";
import type { Outcome, StageContext, WorkerOptions, WorkMessage } from "./stage-types.ts";
import { backoffMs, judge } from "./verdict.ts";
import { type Delivery, FOREIGN_EVENT, originOf, readMessage, readReplay } from "./work-message.ts";

/** A third of the 12 s after which the server gives an untouched message to somebody else. */
const WORKING_EVERY_MS = 4_000;
const DEFAULT_BACKOFF = { firstMs: 1_000, lastMs: 60_000 };
const REPLAY_DEADLINE_MS = 15 * 60_000;
const DEAD_LETTER_STREAM = "DEADLETTERS";
/** A message that so many processes ended with is given up; from the second on such messages are handled one at a time. */
const KILLED_TO_GIVE_UP = 4;
const KILLED_TO_SUSPECT = 2;

interface Attempt {
  context: StageContext<unknown>;
  message: BusMessage;
  /** Known as far as the message could be read. */
  origin: Origin;
  work: WorkMessage | undefined;
  worker: WorkerOptions | undefined;
  count: Count;
}

/** Handles one delivery to its end: handler, then ack, or what its error deserves. Never throws. */
export async function handleDelivery(
  context: StageContext<unknown>,
  place: { stream: string; durable: string; message: BusMessage },
): Promise<void> {
  const { message } = place;
  const { metrics } = context.pipeline;
  const stage = context.stage;
  const started = performance.now();
  metrics.received.inc({ stage, redelivery: message.redelivered > 0 ? "true" : "false" });
  if (message.redelivered === 0) {
    metrics.queueWait.observe(
      { stage },
      Math.max(0, context.clock().getTime() - message.publishedAt.getTime()) / 1_000,
    );
  }
  metrics.inflight.add({ stage }, 1);
  const heartbeat = setInterval(() => message.working(), WORKING_EVERY_MS);
  const outcome = await attemptDelivery(context, { ...place, stage, signal: context.signal });
  clearInterval(heartbeat);
  metrics.inflight.add({ stage }, -1);
  metrics.processed.inc({ stage, outcome });
  metrics.duration.observe({ stage }, (performance.now() - started) / 1_000, {
    traceId: traceIdOf(message.headers.traceparent),
  });
}

async function attemptDelivery(
  context: StageContext<unknown>,
  delivery: Delivery,
): Promise<Outcome | "retried" | "dead"> {
  const attempt: Attempt = {
    context,
    message: delivery.message,
    origin: originOf(delivery),
    work: undefined,
    worker: context.pipeline.workers.get(delivery.durable),
    count: await context.pipeline.attempts.begin(delivery.durable, delivery.message),
  };
  try {
    const replay = delivery.stream === DEAD_LETTER_STREAM;
    const { origin, work } = replay ? await readReplay(delivery, context.bus) : readMessage(delivery);
    Object.assign(attempt, { origin, work, worker: context.pipeline.workers.get(origin.durable) });
    if (attempt.worker === undefined) throw new Error(`no worker of this process reads ${origin.durable}`);
    const outcome = await runHandler(context, attempt.count, () => attempt.worker?.handler(work));
    await settleWell(attempt, outcome);
    return outcome;
  } catch (error) {
    return settleFailure(attempt, error);
  }
}

/** Runs the handler; what may have ended processes runs alone, so that the next death tells which one it was. */
async function runHandler(
  { pipeline }: StageContext<unknown>,
  { killed }: Count,
  run: () => ReturnType<WorkerOptions["handler"]> | undefined,
): Promise<Outcome> {
  if (killed >= KILLED_TO_GIVE_UP) {
    throw new PermanentError("process-killed", `${killed} processes ended while they had this message in hand`);
  }
  const outcome = killed >= KILLED_TO_SUSPECT ? await pipeline.alone(async () => await run()) : await run();
  return outcome ?? "ok";
}

async function settleWell({ context, message, origin, count }: Attempt, outcome: Outcome): Promise<void> {
  const { pipeline, stage, log } = context;
  crashPoint("after_effect_before_ack", origin.durable);
  if (outcome === "ok") {
    pipeline.database.succeeded();
    pipeline.metrics.lastSuccess.set({ stage }, Math.floor(context.clock().getTime() / 1_000));
    pipeline.misconfiguration.cured(origin.organizationId);
  }
  try {
    await message.ack();
  } catch (error) {
    // The work is done; a redelivery finds that out.
    log.error("ack-not-confirmed", error, fieldsOf(origin));
  }
  await count.done();
}

async function settleFailure(attempt: Attempt, error: unknown): Promise<"retried" | "dead"> {
  const { context, message, origin, worker, count } = attempt;
  const { pipeline, stage, log } = context;
  if (context.signal.aborted) {
    // Interrupted by the drain, whatever it threw: somebody else goes on at once.
    await count.again();
    message.nak(0);
    return "retried";
  }
  const failure = toFailure(error);
  pipeline.database.failed(failure.code);
  pipeline.metrics.failures.inc({ stage, reason: failure.reason });
  if (failure.code === FOREIGN_EVENT) context.metrics.violated("cross_tenant");
  const backoff = worker?.backoff ?? DEFAULT_BACKOFF;
  const unexpectedAttempts = failure.errorClass === "unexpected" ? await count.unexpected() : 0;
  const verdict = judge(failure, {
    now: context.clock(),
    publishedAt: message.publishedAt,
    redelivered: message.redelivered,
    deadlineMs: worker?.deadlineMs ?? REPLAY_DEADLINE_MS,
    unexpectedAttempts,
    backoff,
    random: Math.random(),
  });
  if (verdict.kind === "again") {
    log.error("attempt-failed", error, {
      ...fieldsOf(origin),
      attempt: message.redelivered + 1,
      delayMs: verdict.delayMs,
    });
    await count.again();
    message.nak(verdict.delayMs);
    return "retried";
  }
  try {
    await giveUp(attempt, error, failure);
    return "dead";
  } catch (failedGivingUp) {
    // Nothing is put aside before it is written down: the message comes again.
    log.error("give-up-failed", failedGivingUp, fieldsOf(origin));
    await count.again();
    message.nak(backoffMs({ backoff, random: Math.random() }, message.redelivered));
    return "retried";
  }
}

async function giveUp(
  { context, message, origin, work, worker, count }: Attempt,
  error: unknown,
  failure: Failure,
): Promise<void> {
  const { pipeline, bus, log } = context;
  // What ends the process even now is put aside in silence.
  if (work !== undefined && count.killed <= KILLED_TO_GIVE_UP) await worker?.onGiveUp?.(work, error);
  if (error instanceof TenantConfigError) await pipeline.misconfiguration.report(error);
  await publishDeadLetter(
    bus,
    toDeadLetter(origin, message, failure, context.clock()),
    message.sequence,
    message.headers,
  );
  await count.done();
  log.error("dead-letter", error, { ...fieldsOf(origin), code: failure.code, attempt: message.redelivered + 1 });
  message.term(failure.code);
}

function fieldsOf(origin: Origin) {
  const { organizationId, chat, durable, sequence, event } = origin;
  return { org: organizationId, conversation: chat, durable, sequence, messageId: event?.id, type: event?.type };
}
