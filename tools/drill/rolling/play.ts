import { setTimeout as pause } from "node:timers/promises";
import { STAGES } from "@skytide/events";
import type { Fleet } from "../../fleet/fleet.ts";
import { createCrowd } from "./crowd.ts";
import { type CustomerReport, type Line, playCustomer } from "./customer.ts";
import { type Deployment, type Replaced, startDeployment } from "./deployment.ts";
import { type LogFacts, readLogFacts } from "./log-facts.ts";
import { startService } from "./service.ts";

export interface RollingOptions {
  /** Started without any stage: the drill is the supervisor. */
  fleet: Fleet;
  replicas: number;
  /** Customers who write all the time, and how many ask for a person meanwhile. */
  customers: number;
  handOffs: number;
  /** Who writes at the same moment just before each SIGTERM, so that the process has more than it can begin. */
  crowd: number;
  preStopMs: number;
  /** All stages at the same time, or one after another as a pipeline's rollout does. */
  together: boolean;
  /** Customers write alone before the first restart and after the last one. */
  calmMs: number;
  /** A customer's pause before her next message. */
  thinkMs: number;
  note(text: string): void;
}

/** What a rolling restart of every stage under load came to. */
export interface RollingReport {
  replaced: Replaced[];
  customers: CustomerReport[];
  crowd: CustomerReport[];
  facts: LogFacts;
  /** What customers got that no send of ours says it sent, or that two say. */
  strayAnswers: number;
  /** `performance.now()` of the first start of a new process and of the last exit of an old one. */
  from: number;
  to: number;
}

const ANSWER_WITHIN_MS = 180_000;
const QUIET_EVERY_MS = 500;
const QUIET_TRIES = 30;
const QUESTIONS: readonly Line[] = [
  "Hola, ¿cuánto cuesta la limpieza facial?",
  "¿Dónde están ubicados?",
  { voiceNote: "nota-precio" },
  "Quiero una limpieza facial mañana en la tarde",
  "¿Qué servicios tienen?",
];
const APP = "AuroraDemo";

/** Lets customers write while every replica of every stage is replaced, then counts what became of their messages. */
export async function playRolling(options: RollingOptions): Promise<RollingReport> {
  const { fleet, note } = options;
  await using stack = new AsyncDisposableStack();
  const service = await startService(Number(new URL(fleet.urls.webhook).port));
  stack.defer(() => service.stop());
  const crowd = createCrowd(fleet.urls.simulators, options.crowd);
  const deployments = await Promise.all(
    STAGES.map((stage) =>
      startDeployment({
        ...options,
        ...{ stage, beforeEnd: crowd.come, service: stage === "ingest" ? service : undefined },
      }),
    ),
  );
  for (const deployment of deployments) stack.defer(() => deployment.stop());
  note(`${deployments.length} stages with ${options.replicas} replicas are ready`);

  const enough = new AbortController();
  const customers = startCustomers(options, enough.signal);
  await pause(options.calmMs);
  const from = performance.now();
  const replaced = await rollAll(deployments, options);
  const to = performance.now();
  await pause(options.calmMs);
  enough.abort();
  const [reports, crowdReports] = await Promise.all([Promise.all(customers), crowd.reports()]);
  const quiet = await untilQuiet(fleet, [...reports, ...crowdReports]);
  return { replaced, customers: reports, crowd: crowdReports, from, to, ...quiet };
}

/** What was sent last is noted a moment after it was sent. */
async function untilQuiet(fleet: Fleet, customers: readonly CustomerReport[]) {
  for (let tries = 0; ; tries += 1) {
    const facts = await readLogFacts(fleet);
    const result = { facts, strayAnswers: strayAnswers(customers, facts) };
    if ((facts.unanswered === 0 && result.strayAnswers === 0) || tries === QUIET_TRIES) return result;
    await pause(QUIET_EVERY_MS);
  }
}

async function rollAll(deployments: readonly Deployment[], { together, note }: RollingOptions): Promise<Replaced[]> {
  if (together) return (await Promise.all(deployments.map((one) => one.roll()))).flat();
  const replaced: Replaced[] = [];
  for (const deployment of deployments) {
    replaced.push(...(await deployment.roll()));
    note(`${deployment.stage} was restarted`);
  }
  return replaced;
}

function startCustomers({ fleet, customers, handOffs, thinkMs }: RollingOptions, enough: AbortSignal) {
  const common = { simulators: fleet.urls.simulators, app: APP, enough, thinkMs, answerWithinMs: ANSWER_WITHIN_MS };
  const writing = Array.from({ length: customers }, (_, index) => {
    // Not all with the same question at the same time.
    const from = index % QUESTIONS.length;
    const lines = [...QUESTIONS.slice(from), ...QUESTIONS.slice(0, from)];
    return playCustomer({ ...common, phone: `57300444${1_000 + index}`, lines, repeat: true });
  });
  const asking = Array.from({ length: handOffs }, (_, index) =>
    playCustomer({
      ...common,
      phone: `57300555${1_000 + index}`,
      lines: ["¿Cuánto cuesta la limpieza facial?", "quiero hablar con una persona"],
      repeat: false,
    }),
  );
  return [...writing, ...asking];
}

function strayAnswers(customers: readonly CustomerReport[], { sentIds }: LogFacts): number {
  const got = customers.flatMap(({ bubbles }) => bubbles.filter(({ direction }) => direction === "out"));
  const x = got.filter(({ id }) => sentIds.get(id) !== 1);
  if (x.length)
    console.log(
      JSON.stringify(x),
      x.map(({ id }) => sentIds.get(id)),
    );
  return x.length;
}
