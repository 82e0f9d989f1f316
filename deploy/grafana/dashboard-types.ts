/** Units of Grafana that our panels use. */
type Unit =
  | "s"
  | "short"
  | "percentunit"
  | "bytes"
  | "Bps"
  | "currencyUSD"
  | "reqps"
  | "cps"
  | "mps"
  | "bool"
  | "suffix:×"
  | "suffix:tokens/s"
  | "dateTimeAsIso";

export interface Target {
  expr: string;
  /** How a series is named: `{{label}}`, or a text. */
  legend: string;
}

export interface Panel {
  kind: "timeseries" | "stat" | "table" | "bars";
  title: string;
  description: string;
  unit: Unit;
  targets: readonly Target[];
  /** Of the 24 columns; a third without it. */
  width?: number;
  height?: number;
  /** Where it turns yellow or red; drawn as a line in a time series. */
  limits?: readonly { above: number; color: "green" | "yellow" | "red" }[];
  /** The colour below the first limit. */
  base?: "green" | "red";
  stack?: boolean;
  /** The highest value of the axis. */
  max?: number;
  /** Latencies: single replies as points, each with its trace. */
  exemplars?: boolean;
  /** Alerts whose runbook entries the panel links to. */
  alerts?: readonly string[];
  /** When it is right that the panel has nothing to show; without it, a fleet that works gives it data. */
  emptyWhen?: string;
}

export interface Variable {
  name: string;
  label: string;
  /** A query of Prometheus with an "All", or the values to choose from. */
  from: { query: string; all: string } | { values: readonly string[] };
}

export interface Dashboard {
  uid: string;
  /** Name of the file. */
  file: string;
  title: string;
  description: string;
  variables: readonly Variable[];
  rows: readonly { title: string; panels: readonly Panel[] }[];
}
