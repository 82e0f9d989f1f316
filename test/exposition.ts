import { STAGES, type Stage } from "@skytide/events";
import { stageMetrics } from "../deploy/prometheus/declared-metrics.ts";
import type { TestFleet } from "./fleet-fixture.ts";

/** More than this and a Prometheus pays for labels that nobody reads (operations: the budget of a process). */
const MOST_SERIES = 1_500;

/** One line of an exposition. */
interface Sample {
  series: string;
  labels: Record<string, string>;
  value: number;
  traceId: string | undefined;
}

interface Exposition {
  stage: Stage;
  /** Metrics by name, counters with their `_total`. */
  families: Set<string>;
  samples: Sample[];
}

const LINE = /^([a-zA-Z_][\w:]*)(?:\{(.*?)\})? (\S+)(?: # \{trace_id="([^"]*)"\} \S+(?: \S+)?)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;

/** Reads `/metrics` of every process, and throws where it is no OpenMetrics. */
export async function readExpositions({ fleet }: TestFleet): Promise<Map<string, Exposition>> {
  const pages = Object.entries(fleet.urls.admin).map(async ([name, url]) => {
    const stage = STAGES.find((one) => name.startsWith(one));
    if (stage === undefined) throw new Error(`${name} is no stage`);
    return [name, { stage, ...parse(await (await fetch(`${url}/metrics`)).text()) }] as const;
  });
  return new Map(await Promise.all(pages));
}

function parse(text: string): Pick<Exposition, "families" | "samples"> {
  const families = new Set<string>();
  const samples: Sample[] = [];
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.pop() !== "# EOF") throw new Error("an exposition ends with # EOF");
  for (const line of lines) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) families.add(type === "counter" ? `${name}_total` : name);
    if (line.startsWith("# ")) continue;
    const [, series, labels = "", value, traceId] = LINE.exec(line) ?? [];
    if (series === undefined) throw new Error(`no line of OpenMetrics: ${line}`);
    samples.push({ series, labels: parseLabels(labels), value: Number(value), traceId });
  }
  return { families, samples };
}

function parseLabels(text: string): Record<string, string> {
  const found = [...text.matchAll(LABEL)];
  if (found.map(([whole]) => whole).join("") !== text) throw new Error(`no labels: ${text}`);
  return Object.fromEntries(found.map(([, name, value]) => [name, value]));
}

/** What a process shows that it must not: an unknown metric, a value outside its list, too many series; or does not show though it should. */
export function faultsOf({ stage, families, samples }: Exposition): string[] {
  const declared = new Map(stageMetrics(stage).map((metric) => [metric.name, metric]));
  const faults = [...declared.keys()].flatMap((name) => (families.has(name) ? [] : [`${name} is not shown`]));
  if (samples.length > MOST_SERIES) faults.push(`${samples.length} series`);
  for (const { series, labels } of samples) {
    if (!series.startsWith("skytide_")) continue;
    const metric = declared.get(series) ?? declared.get(series.replace(/_(bucket|count|sum)$/, ""));
    if (metric === undefined) {
      faults.push(`${series} is not declared`);
      continue;
    }
    const isBucket = metric.type === "histogram" && series.endsWith("_bucket");
    for (const [name, value] of Object.entries(labels)) {
      const allowed = name === "le" && isBucket ? null : metric.labels[name];
      if (allowed === undefined || (allowed !== null && !allowed.includes(value)))
        faults.push(`${series}{${name}="${value}"}`);
    }
  }
  return faults;
}

/** Traces that stand as exemplars beside a series. */
export function exemplarsOf(expositions: Map<string, Exposition>, series: string): string[] {
  return [...expositions.values()].flatMap(({ samples }) =>
    samples.flatMap((sample) => (sample.series === series && sample.traceId !== undefined ? [sample.traceId] : [])),
  );
}

/** A counter or a histogram's count over all processes, by labels that it must have. */
export function totalOf(
  expositions: Map<string, Exposition>,
  series: string,
  labels: Record<string, string> = {},
): number {
  const wanted = Object.entries(labels);
  return [...expositions.values()]
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample.series === series && wanted.every(([name, value]) => sample.labels[name] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
