import type { TraceContent, Tracer, TurnTrace } from "@skytide/telemetry";
import type { ConversationId, TurnReport } from "./turn/index.ts";

interface NodeSpan {
  id: string;
  from: number;
}

/** One trace per turn, linked to the messages that it answered: a span per node of the chart, in it its model calls and tools. */
export function traceTurn(tracer: Tracer, conversation: ConversationId, report: TurnReport): void {
  const { brief, conversed, input, startedAt, endedAt } = report;
  const turn = tracer.turn({
    name: "turn",
    sessionId: conversation.chat,
    organizationId: conversation.organizationId,
    traceparent: report.traceparent,
    links: input.traceparents,
    startedAt,
    endedAt,
  });
  const nodes = nodeSpans(turn, report);
  // What began before the first node was entered belongs to it all the same.
  const nodeAt = (at: Date) => (nodes.findLast(({ from }) => from <= at.getTime()) ?? nodes[0])?.id;

  for (const { by, event, refusals = [] } of conversed.decisions)
    turn.span({
      name: event,
      type: "event",
      outcome: by,
      startedAt,
      endedAt: startedAt,
      parent: nodeAt(startedAt),
      facts: { count: refusals.length },
    });
  for (const usage of conversed.usage) {
    const from = usage.startedAt === undefined ? startedAt : new Date(usage.startedAt);
    const content = usage.startedAt === undefined ? undefined : brief?.contents?.of(usage.startedAt);
    const to = new Date(from.getTime() + (usage.durationMs ?? 0));
    turn.generation({
      ...usage,
      name: usage.operation,
      outcome: "ok",
      startedAt: from,
      endedAt: to,
      parent: nodeAt(from),
      content,
    });
  }
  for (const { tool, outcome, durationMs, startedAt: begun } of conversed.tools) {
    const from = begun === undefined ? startedAt : new Date(begun);
    const to = new Date(from.getTime() + durationMs);
    turn.span({ name: tool, type: "tool", outcome, startedAt: from, endedAt: to, parent: nodeAt(from) });
  }
  const { prompt, model, share, draft } = brief?.treatment ?? {};
  const facts = { turn: report.turnId, state: conversed.states.at(-1), prompt, model, share, draft };
  turn.end(report.outcome, facts, contentOf(report));
}

/** A span for each stay in a node: `appointment.choosingDay` and `appointment.booking` are one stay in `appointment`. */
function nodeSpans(turn: TurnTrace, { conversed, endedAt }: TurnReport): NodeSpan[] {
  const stays: { node: string; state: string; from: Date }[] = [];
  for (const { state, at } of conversed.trail) {
    const node = state.split(".")[0] ?? state;
    const last = stays.at(-1);
    if (last?.node === node) last.state = state;
    else stays.push({ node, state, from: at });
  }
  return stays.map(({ node, state, from }, index) => {
    const to = stays[index + 1]?.from ?? endedAt;
    const id = turn.span({ name: node, outcome: "ok", startedAt: from, endedAt: to, facts: { state } });
    return { id, from: from.getTime() };
  });
}

/** What was said in the turn, where the organization allows it in traces. */
function contentOf({ brief, conversed, input }: TurnReport): TraceContent | undefined {
  if (!brief?.contents) return undefined;
  return {
    input: input.said?.text ?? "",
    output: conversed.replies.map(({ message }) => textOf(message)).join("\n\n"),
  };
}

function textOf(message: object): string {
  return "text" in message && typeof message.text === "string" ? message.text : "";
}
