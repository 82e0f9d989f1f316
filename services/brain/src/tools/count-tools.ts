import { PermanentError, RetryableError } from "@skytide/errors";
import { BUCKETS, type Metrics } from "@skytide/telemetry";
import { EFFECT_KINDS, type EffectKind } from "../conversation/types.ts";
import type { Tools } from "./index.ts";
import type { Tool } from "./tool.ts";

const OUTCOMES = ["ok", "rejected", "conflict", "error", "timeout"] as const;
type Outcome = (typeof OUTCOMES)[number];

const OPERATIONS = ["book", "cancel", "confirm", "reschedule"] as const;
const OPERATION_OF: Partial<Record<EffectKind, (typeof OPERATIONS)[number]>> = {
  book_appointment: "book",
  cancel_appointment: "cancel",
  confirm_appointment: "confirm",
  reschedule_appointment: "reschedule",
};

/** Refusals because somebody else was first. */
const CONFLICTS = new Set(["slot_taken", "idempotency_conflict"]);

export type ToolMetrics = ReturnType<typeof createToolMetrics>;

/** Registers what is counted of tools. */
export function createToolMetrics(metrics: Metrics) {
  return {
    calls: metrics.counter({
      name: "skytide_tool_calls_total",
      help: "Tools that the chart called, each time that one really ran; rejected = what it was asked for is not allowed.",
      labels: { tool: EFFECT_KINDS, outcome: OUTCOMES },
    }),
    duration: metrics.histogram({
      name: "skytide_tool_duration_seconds",
      help: "Length of those runs.",
      labels: { tool: EFFECT_KINDS },
      buckets: BUCKETS.handler,
    }),
    appointments: metrics.counter({
      name: "skytide_appointments_total",
      help: "Appointments that customers asked to make or change, by what became of it.",
      labels: { operation: OPERATIONS, outcome: ["ok", "conflict", "not_found", "rejected", "error"] },
    }),
  };
}

/** The same tools, with every run counted. What a journal gives back ran before and is not counted again. */
export function countTools(tools: Tools, metrics: ToolMetrics): Tools {
  const counted = EFFECT_KINDS.map((kind) => [kind, countTool(kind, tools[kind], metrics)] as const);
  return Object.fromEntries(counted) as Tools;
}

function countTool(kind: EffectKind, tool: Tool, { calls, duration, appointments }: ToolMetrics): Tool {
  const operation = OPERATION_OF[kind];
  return {
    ...tool,
    async perform(input, context) {
      const started = performance.now();
      const told = (outcome: Outcome, code = "") => {
        calls.inc({ tool: kind, outcome });
        duration.observe({ tool: kind }, (performance.now() - started) / 1_000);
        if (operation === undefined) return;
        const found = code.endsWith("_not_found") ? "not_found" : outcome;
        appointments.inc({ operation, outcome: found === "timeout" ? "error" : found });
      };
      try {
        const output = await tool.perform(input, context);
        const code = refusalOf(output);
        if (code === undefined) told("ok");
        else told(CONFLICTS.has(code) ? "conflict" : "rejected", code);
        return output;
      } catch (error) {
        // A run that a newer message ended tells nothing about the tool.
        if (!context.signal.aborted) told(outcomeOf(error), codeOf(error));
        throw error;
      }
    },
  };
}

function refusalOf(output: unknown): string | undefined {
  const { kind, code } = (output ?? {}) as { kind?: unknown; code?: unknown };
  return kind === "refused" ? String(code) : undefined;
}

function codeOf(error: unknown): string {
  return error instanceof PermanentError ? error.code.replaceAll("-", "_") : "";
}

function outcomeOf(error: unknown): Outcome {
  return error instanceof RetryableError && /time-?d?-?out/.test(error.code) ? "timeout" : "error";
}
