import type { DependencyMetrics } from "./dependency-metrics.ts";

/** Each label with the closed list of its values. */
export type LabelSets = Readonly<Record<string, readonly string[]>>;
export type LabelsOf<Labels extends LabelSets> = { [Name in keyof Labels]: Labels[Name][number] };

export interface MetricOptions<Labels extends LabelSets> {
  /** With prefix and unit: `skytide_<what>_<unit|total>`. */
  name: string;
  help: string;
  labels: Labels;
}

export interface CounterMetric<Labels extends LabelSets> {
  /** `traceId` becomes the exemplar. */
  inc(labels: LabelsOf<Labels>, value?: number, exemplar?: Exemplar): void;
}
export interface GaugeMetric<Labels extends LabelSets> {
  set(labels: LabelsOf<Labels>, value: number): void;
  add(labels: LabelsOf<Labels>, value: number): void;
  remove(labels: LabelsOf<Labels>): void;
}
export interface HistogramMetric<Labels extends LabelSets> {
  /** `traceId` becomes the exemplar of the bucket. */
  observe(labels: LabelsOf<Labels>, value: number, exemplar?: Exemplar): void;
}
export interface Exemplar {
  traceId: string | undefined;
}

/** A metric as a process makes it, whether anything was counted or not. */
export interface DeclaredMetric {
  name: string;
  type: "counter" | "gauge" | "histogram";
  help: string;
  /** The closed list of each label's values; null for the few that nobody can list (version, blocked organizations). */
  labels: Readonly<Record<string, readonly string[] | null>>;
  /** Of a histogram, the bucket of everything left out. */
  buckets?: readonly number[];
}

/** Why an organization is blocked. */
export const BLOCKED_REASONS = ["bad_credentials", "no_wallet", "template_rejected", "misconfigured"] as const;
export type BlockedReason = (typeof BLOCKED_REASONS)[number];

/** What must never happen, and where the code can tell that it did. No double booking: the database excludes it (decisions/0031). */
export const INVARIANTS = ["duplicate_send", "cross_tenant", "lost_turn"] as const;
type Invariant = (typeof INVARIANTS)[number];

/** What an operator can pause. */
export const PAUSE_SCOPES = ["stage", "org", "bot", "conversation"] as const;
type PauseScope = (typeof PAUSE_SCOPES)[number];

/** The metrics of one process. */
export interface Metrics {
  counter<const Labels extends LabelSets>(options: MetricOptions<Labels>): CounterMetric<Labels>;
  gauge<const Labels extends LabelSets>(
    options: MetricOptions<Labels> & { collect?: (gauge: GaugeMetric<Labels>) => void | Promise<void> },
  ): GaugeMetric<Labels>;
  histogram<const Labels extends LabelSets>(
    options: MetricOptions<Labels> & { buckets: readonly number[] },
  ): HistogramMetric<Labels>;
  /** `skytide_org_blocked{org,reason}`: the one label that is not closed, because it exists only while an organization is blocked. */
  readonly orgBlocked: {
    set(organizationId: string, reason: BlockedReason): void;
    clear(organizationId: string, reason: BlockedReason): void;
  };
  /** Requests to the outside and its circuits: the same in every process, whichever door asks. */
  readonly dependencies: DependencyMetrics;
  /** Shows how many of a kind are paused, each as long as somebody says so. */
  paused(scope: PauseScope, count: number): void;
  /** Counts what must never happen: each pages. */
  violated(invariant: Invariant): void;
  /** Everything of ours that this process may show, `process_*` and `nodejs_*` apart. */
  declared(): readonly DeclaredMetric[];
  /** The OpenMetrics text. */
  exposition(): Promise<{ contentType: string; body: string }>;
}
