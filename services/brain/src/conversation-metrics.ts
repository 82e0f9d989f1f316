import { BUCKETS, type Metrics } from "@skytide/telemetry";
import { NODES } from "./conversation/index.ts";
import type { TurnReport } from "./turn/index.ts";

/** WhatsApp's own measure: whoever writes after a day of silence begins anew. */
const SILENCE_MS = 24 * 60 * 60 * 1_000;

/** Registers what is counted of conversations and tells it from committed turns. */
export function createConversationMetrics(metrics: Metrics) {
  const transitions = metrics.counter({
    name: "skytide_state_transitions_total",
    help: "Moves between the nodes of the chart.",
    labels: { from: NODES, to: NODES },
  });
  const started = metrics.counter({
    name: "skytide_conversations_started_total",
    help: "Customers who wrote for the first time or after a day of silence.",
    labels: {},
  });
  const escalations = metrics.counter({
    name: "skytide_escalations_total",
    help: "Times that a person was asked for, one that was asked for already left out.",
    labels: { reason: ["user_asked", "low_confidence", "policy", "tool_failure", "limit", "error"] },
  });
  const stages = metrics.histogram({
    name: "skytide_reply_stage_seconds",
    help: "Share of each stage in the reply latency; debounce is the deliberate wait.",
    labels: { stage: ["debounce", "brain"] },
    buckets: BUCKETS.replyLatency,
  });
  return {
    committed({ channel, conversed, deliberateMs, endedAt, input, lastSaidAt, ...report }: TurnReport): void {
      for (const [from, to] of moves(conversed.states)) transitions.inc({ from, to });
      for (const reason of raised(conversed)) escalations.inc({ reason });
      if (input.said === null) return;
      const silence = lastSaidAt === null ? Number.POSITIVE_INFINITY : input.firstAt.getTime() - lastSaidAt.getTime();
      if (silence > SILENCE_MS) started.inc({});
      if (channel !== "whatsapp" || report.outcome !== "replied") return;
      stages.observe({ stage: "debounce" }, deliberateMs / 1_000);
      const share = endedAt.getTime() - input.firstAt.getTime() - deliberateMs;
      stages.observe({ stage: "brain" }, Math.max(0, share) / 1_000);
    },
    /** A turn was given up and a person asked for. */
    gaveUp: () => escalations.inc({ reason: "tool_failure" }),
  };
}

/** `appointment.choosingSlot` stands in the node `appointment`; steps within a node are no moves. */
function moves(states: readonly string[]): [string, string][] {
  const nodes = states.flatMap((state) => NODES.find((node) => node === state.split(".")[0]) ?? []);
  return nodes.slice(1).flatMap((to, index) => {
    const from = nodes[index];
    return from === undefined || from === to ? [] : [[from, to] as [string, string]];
  });
}

function raised({ performed }: TurnReport["conversed"]) {
  return performed.flatMap(({ effect, output }) => {
    if (effect.kind !== "raise_escalation" || (output as { alreadyOpen: boolean }).alreadyOpen) return [];
    return [(effect.input as { reason: "user_asked" | "low_confidence" | "policy" | "tool_failure" }).reason];
  });
}
