import { availableParallelism, cpus, loadavg } from "node:os";
import { STAGES } from "@skytide/events";
import type { Exchange } from "./customer.ts";
import type { Replaced } from "./deployment.ts";
import { handedOnOf } from "./handed-on.ts";
import type { RollingReport } from "./play.ts";

/** 95 % of replies, the debounce taken out (deploy/prometheus/rules/objectives.yml). */
const REPLY_TARGET_MS = 2_000;
const HANDED_ON_TARGET_MS = 100;

/** A number of the drill that must be zero. */
export interface Finding {
  what: string;
  count: number;
}

/** Everything that must not happen while stages are restarted, with how often it did. */
export function findingsOf({ replaced, customers, crowd, facts, strayAnswers }: RollingReport): Finding[] {
  const handed = replaced.map(handedOnOf);
  const sum = (of: (one: (typeof handed)[number]) => number) => handed.reduce((total, one) => total + of(one), 0);
  return [
    {
      what: "messages that the customer saw unanswered",
      count: [...customers, ...crowd].flatMap(({ exchanges }) => exchanges).filter(({ replyMs }) => replyMs === null)
        .length,
    },
    { what: "messages on the log that no turn answered", count: facts.unanswered },
    { what: "messages that two turns answered", count: facts.answeredTwice },
    { what: "turns that stand twice on the log", count: facts.turnsTwice },
    { what: "turns that were given up", count: facts.failedTurns },
    { what: "messages of replies sent twice", count: facts.repliesSentTwice },
    { what: "answers that no send accounts for", count: strayAnswers },
    { what: "dead letters", count: facts.deadLetters },
    { what: "processes that did not end with 0", count: replaced.filter(({ exit }) => exit.code !== 0).length },
    { what: "messages given back that nobody took up", count: sum(({ missing }) => missing) },
    { what: "messages neither finished nor given back", count: sum(({ forgotten }) => forgotten) },
  ];
}

/** The results as a page; docs/benchmarks/shutdown.md is one of them. */
export function pageOf(report: RollingReport, debounceMs: number): string {
  const exchanges = report.customers.flatMap(({ exchanges }) => exchanges);
  const isCalm = ({ at }: Exchange) => at < report.from || at > report.to;
  const calm = netOf(exchanges.filter(isCalm), debounceMs);
  const rolling = netOf(
    exchanges.filter((one) => !isCalm(one)),
    debounceMs,
  );
  const crowd = netOf(
    report.crowd.flatMap(({ exchanges }) => exchanges),
    debounceMs,
  );
  const waits = report.replaced.flatMap((one) => handedOnOf(one).waits);
  const p95 = quantile(rolling, 0.95);
  return `${facts()}
${report.customers.length} customers, and a crowd before each SIGTERM, wrote ${report.facts.received} messages; ${report.facts.turns} turns answered them while ${report.replaced.length} processes were replaced.

| must be zero | is |
|---|---:|
${findingsOf(report)
  .map(({ what, count }) => `| ${what} | ${count} |`)
  .join("\n")}

| measured | median | p95 | worst | target |
|---|---:|---:|---:|---|
| message to its answer, nothing restarted (${calm.length}) | ${ms(quantile(calm, 0.5))} | ${ms(quantile(calm, 0.95))} | ${ms(quantile(calm, 1))} | |
| message to its answer, during the restarts (${rolling.length}) | ${ms(quantile(rolling, 0.5))} | ${ms(p95)} | ${ms(quantile(rolling, 1))} | p95 ≤ ${ms(REPLY_TARGET_MS)}: ${p95 <= REPLY_TARGET_MS ? "met" : "missed"} |
| message of a crowd to its answer (${crowd.length}) | ${ms(quantile(crowd, 0.5))} | ${ms(quantile(crowd, 0.95))} | ${ms(quantile(crowd, 1))} | |
| SIGTERM to another replica's receipt of what was given back (${waits.length}) | ${ms(quantile(waits, 0.5))} | ${ms(quantile(waits, 0.95))} | ${ms(quantile(waits, 1))} | < ${ms(HANDED_ON_TARGET_MS)}: ${quantile(waits, 1) < HANDED_ON_TARGET_MS ? "met" : "missed"} |

| stage | new process ready after | SIGTERM to exit | finished after SIGTERM | given back | handed on within |
|---|---:|---:|---:|---:|---:|
${STAGES.map((stage) => row(stage, report.replaced)).join("\n")}
`;
}

/** Without the wait for more of the customer's words, as the objective counts. */
function netOf(exchanges: readonly Exchange[], debounceMs: number): number[] {
  return exchanges.flatMap(({ replyMs }) => (replyMs === null ? [] : [replyMs - debounceMs]));
}

function row(stage: string, replaced: readonly Replaced[]): string {
  const own = replaced.filter((one) => one.stage === stage);
  const handed = own.map(handedOnOf);
  const waits = handed.flatMap((one) => one.waits);
  const each = (numbers: readonly number[]) => numbers.map((one) => ms(one)).join(", ");
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return `| ${stage} | ${each(own.map(({ bootMs }) => bootMs))} | ${each(own.map(({ exitMs }) => exitMs))} | ${sum(handed.map(({ finished }) => finished))} | ${sum(handed.map(({ givenBack }) => givenBack))} | ${waits.length === 0 ? "–" : ms(Math.max(...waits))} |`;
}

function facts(): string {
  return `- ${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}
- load average of the last minute, this measurement included: ${(loadavg()[0] ?? 0).toFixed(1)}
`;
}

function quantile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}

const ms = (value: number) => (Number.isNaN(value) ? "–" : `${Math.round(value)} ms`);
