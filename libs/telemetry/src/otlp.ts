import type { LogFields } from "./log-fields.ts";
import { toLogFields } from "./log-fields.ts";
import { spanIdOf, traceIdOf } from "./traceparent.ts";
import type { Generation, TraceContent, TraceSpan, TurnStart } from "./tracer-types.ts";

// OTLP/HTTP JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
// Langfuse's attributes: https://langfuse.com/integrations/native/opentelemetry
interface OtlpValue {
  stringValue?: string;
  doubleValue?: number;
  boolValue?: boolean;
}
interface OtlpAttribute {
  key: string;
  value: OtlpValue;
}
export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: 1;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: OtlpAttribute[];
  links?: { traceId: string; spanId: string }[];
  status: { code: 1 | 2 };
}

type Scalar = string | number | boolean;

/** Names and codes are ours; anything that does not look like one is not sent. */
function safe(text: string): string {
  return String(toLogFields({ name: text }).name);
}

function nanos(date: Date): string {
  return `${BigInt(date.getTime()) * 1_000_000n}`;
}

function attributesOf(values: Record<string, Scalar | undefined>): OtlpAttribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: toOtlpValue(value) }],
  );
}

function toOtlpValue(value: Scalar): OtlpValue {
  if (typeof value === "string") return { stringValue: value };
  return typeof value === "number" ? { doubleValue: value } : { boolValue: value };
}

function prefixed(prefix: string, facts: LogFields): Record<string, Scalar> {
  return Object.fromEntries(Object.entries(toLogFields(facts)).map(([name, value]) => [`${prefix}.${name}`, value]));
}

const MASKED = "[masked]";

/** Inputs and outputs are masked unless the caller gives them: only it knows who allowed that. */
function contentAttributes(prefix: string, content: TraceContent | undefined): OtlpAttribute[] {
  const { input, output } = content ?? { input: MASKED, output: MASKED };
  return attributesOf({ [`${prefix}.input`]: input, [`${prefix}.output`]: output });
}

function failed(outcome: string): boolean {
  return /fail|error|timeout|refused/.test(outcome);
}

interface Placed {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

function spanOf(
  place: Placed,
  name: string,
  at: { startedAt: Date; endedAt: Date },
  outcome: string,
  attributes: OtlpAttribute[],
): OtlpSpan {
  return {
    ...place,
    name: safe(name),
    kind: 1,
    startTimeUnixNano: nanos(at.startedAt),
    endTimeUnixNano: nanos(at.endedAt),
    attributes: [
      ...attributes,
      ...attributesOf({ "langfuse.observation.level": failed(outcome) ? "ERROR" : "DEFAULT" }),
    ],
    status: { code: failed(outcome) ? 2 : 1 },
  };
}

/** What every span of a turn repeats, so that Langfuse can filter by it. */
function traceAttributes(start: TurnStart): OtlpAttribute[] {
  const { org, conversation } = toLogFields({ org: start.organizationId, conversation: start.sessionId });
  return attributesOf({
    "langfuse.trace.name": safe(start.name),
    "session.id": conversation,
    "langfuse.trace.metadata.org": org,
  });
}

/** The root span of a turn. */
export function toTurnSpan(
  start: TurnStart,
  at: { startedAt: Date; endedAt: Date },
  { outcome, facts, content }: { outcome: string; facts: LogFields; content?: TraceContent | undefined },
): OtlpSpan {
  const place = { traceId: traceIdOf(start.traceparent) ?? "", spanId: spanIdOf(start.traceparent) ?? "" };
  const links = (start.links ?? []).flatMap((link) => {
    const [traceId, spanId] = [traceIdOf(link), spanIdOf(link)];
    return traceId && spanId ? [{ traceId, spanId }] : [];
  });
  const attributes = [
    ...traceAttributes(start),
    ...attributesOf({
      "langfuse.observation.type": "span",
      ...prefixed("langfuse.trace.metadata", { ...facts, outcome }),
    }),
    ...contentAttributes("langfuse.trace", content),
    ...contentAttributes("langfuse.observation", content),
  ];
  return { ...spanOf(place, start.name, at, outcome, attributes), ...(links.length > 0 ? { links } : {}) };
}

/** A step of a turn. */
export function toStepSpan(start: TurnStart, place: Placed, span: TraceSpan): OtlpSpan {
  const attributes = [
    ...traceAttributes(start),
    ...attributesOf({
      "langfuse.observation.type": span.type ?? "span",
      ...prefixed("langfuse.observation.metadata", { ...span.facts, outcome: span.outcome }),
    }),
    ...contentAttributes("langfuse.observation", span.content),
  ];
  return spanOf(place, span.name, span, span.outcome, attributes);
}

/** A model call of a turn: model, prompt, tokens and cost; its words only where they are given. */
export function toGenerationSpan(start: TurnStart, place: Placed, generation: Generation): OtlpSpan {
  const usage = {
    input: generation.inputTokens,
    input_cached_tokens: generation.cachedInputTokens,
    output: generation.outputTokens,
  };
  const attributes = [
    ...traceAttributes(start),
    ...attributesOf({
      "langfuse.observation.type": "generation",
      "langfuse.observation.model.name": safe(generation.model),
      "langfuse.observation.usage_details": JSON.stringify(usage),
      "langfuse.observation.cost_details":
        generation.costUsd === undefined ? undefined : JSON.stringify({ total: generation.costUsd }),
      "langfuse.observation.prompt.name": generation.prompt === undefined ? undefined : safe(generation.operation),
      "langfuse.version": generation.prompt === undefined ? undefined : safe(generation.prompt),
      ...prefixed("langfuse.observation.metadata", {
        operation: generation.operation,
        prompt: generation.prompt,
        outcome: generation.outcome,
      }),
    }),
    ...contentAttributes("langfuse.observation", generation.content),
  ];
  return spanOf(place, generation.name, generation, generation.outcome, attributes);
}

/** The request body of one batch. */
export function toOtlpBody(spans: readonly OtlpSpan[], service: string, version: string): object {
  const resource = attributesOf({ "service.name": service, "service.version": version });
  return {
    resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ scope: { name: "skytide" }, spans }] }],
  };
}
