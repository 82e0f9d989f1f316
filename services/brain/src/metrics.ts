import type { ModelCall } from "@skytide/models";
import { BUCKETS, type Metrics } from "@skytide/telemetry";
import { EFFECT_KINDS } from "./conversation/types.ts";
import { PASSED, type TurnReport, type TurnResult } from "./turn/index.ts";

const OUTCOMES = ["replied", "no_reply", "escalated", "paused", "failed", ...PASSED] as const;
const TOOL_OUTCOMES = ["ok", "rejected", "error"] as const;
const CALL_LABELS = {
  provider: ["openai"],
  operation: ["decide", "phrase", "embed", "other"],
  outcome: ["ok", "timeout", "rate_limited", "refused", "invalid_output", "aborted", "error"],
} as const;

/** What the brain counts. */
export interface BrainMetrics {
  turn(result: TurnResult): void;
  turnFailed(): void;
  modelCall(call: ModelCall): void;
  circuit(state: "closed" | "half_open" | "open"): void;
}

/** Registers the brain's metrics. */
export function createBrainMetrics(metrics: Metrics): BrainMetrics {
  const turns = metrics.counter({
    name: "skytide_turns_total",
    help: "Turns by how they ended; the last ones ended without a commit.",
    labels: { outcome: OUTCOMES },
  });
  const duration = metrics.histogram({
    name: "skytide_turn_duration_seconds",
    help: "From the start of a turn's last attempt to its commit.",
    labels: {},
    buckets: BUCKETS.handler,
  });
  const messages = metrics.histogram({
    name: "skytide_turn_messages",
    help: "Customer messages that one turn answered.",
    labels: {},
    buckets: [1, 2, 3, 5, 8, 13],
  });
  const unfenced = metrics.counter({
    name: "skytide_turns_fenced_by_state_only_total",
    help: "Commits that a newer message could not stop: a tool had acted, or the waiting cap was reached.",
    labels: {},
  });
  const restored = metrics.counter({
    name: "skytide_snapshots_rebuilt_total",
    help: "Stored conversations that could not be read and were begun anew.",
    labels: {},
  });
  const tools = metrics.counter({
    name: "skytide_tool_calls_total",
    help: "Effects that the chart asked for.",
    labels: { tool: EFFECT_KINDS, outcome: TOOL_OUTCOMES },
  });
  const llm = createModelMetrics(metrics);
  return {
    ...llm,
    turnFailed: () => turns.inc({ outcome: "failed" }),
    turn(result) {
      if (result.kind !== "committed") return turns.inc({ outcome: result.kind });
      const { report } = result;
      turns.inc({ outcome: report.outcome });
      duration.observe({}, (report.endedAt.getTime() - report.startedAt.getTime()) / 1000);
      if (report.input.messageIds.length > 0) messages.observe({}, report.input.messageIds.length);
      if (report.stateFenceOnly) unfenced.inc({});
      if (report.restored === "rebuilt") restored.inc({});
      for (const call of toolCalls(report)) tools.inc(call);
    },
  };
}

function createModelMetrics(metrics: Metrics): Pick<BrainMetrics, "modelCall" | "circuit"> {
  const requests = metrics.counter({
    name: "skytide_llm_requests_total",
    help: "Calls to the language model, retries included in one.",
    labels: CALL_LABELS,
  });
  const duration = metrics.histogram({
    name: "skytide_llm_request_duration_seconds",
    help: "One call with its retries.",
    labels: { operation: CALL_LABELS.operation },
    buckets: BUCKETS.llm,
  });
  const tokens = metrics.counter({
    name: "skytide_llm_tokens_total",
    help: "Tokens by kind; cached_input is part of input.",
    labels: { kind: ["input", "cached_input", "output"] },
  });
  const cost = metrics.counter({
    name: "skytide_llm_cost_usd_total",
    help: "Cost by the configured prices.",
    labels: {},
  });
  const open = metrics.gauge({
    name: "skytide_circuit_open",
    help: "1 while calls to a dependency are not tried.",
    labels: { dependency: ["openai"] },
  });
  open.set({ dependency: "openai" }, 0);
  return {
    circuit: (state) => open.set({ dependency: "openai" }, state === "open" ? 1 : 0),
    modelCall({ operation, outcome, durationMs, usage }) {
      const known = CALL_LABELS.operation.find((name) => name === operation) ?? "other";
      requests.inc({ provider: "openai", operation: known, outcome });
      duration.observe({ operation: known }, durationMs / 1000);
      if (usage === undefined) return;
      tokens.inc({ kind: "input" }, usage.inputTokens);
      tokens.inc({ kind: "cached_input" }, usage.cachedInputTokens);
      tokens.inc({ kind: "output" }, usage.outputTokens);
      cost.inc({}, usage.costUsd ?? 0);
    },
  };
}

function toolCalls(report: TurnReport) {
  return report.conversed.tools.flatMap(({ tool, outcome }) => {
    const kind = EFFECT_KINDS.find((name) => name === tool);
    if (kind === undefined) return [];
    const label = outcome === "refused" ? "rejected" : outcome === "error" ? "error" : "ok";
    return [{ tool: kind, outcome: label } as const];
  });
}
