import { STAGES } from "@skytide/events";
import { DASHBOARDS } from "./dashboards.ts";

/** A query of a panel as a bare Prometheus takes it. */
export interface Expression {
  dashboard: string;
  panel: string;
  expr: string;
  /** When it is right that it finds nothing; without it a fleet that works gives it data. */
  emptyWhen?: string;
}

interface Times {
  /** `$__rate_interval`: at least four scrapes. */
  rateInterval?: string;
  /** `$__range`. */
  range?: string;
}

/** Every query of every panel, with the variables replaced by "All" and by each stage in turn. */
export function listExpressions({ rateInterval = "1m", range = "15m" }: Times = {}): Expression[] {
  return DASHBOARDS.flatMap(({ title, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap(({ title: panel, targets, emptyWhen }) =>
        targets.flatMap(({ expr: asWritten }) => {
          const expr = asWritten
            .replaceAll("$__rate_interval", rateInterval)
            .replaceAll("$__range", range)
            .replaceAll("$job", "skytide-.+")
            .replaceAll("$instance", ".+");
          const exprs = expr.includes("$stage") ? STAGES.map((stage) => expr.replaceAll("$stage", stage)) : [expr];
          return exprs.map((one) => ({ dashboard: title, panel, expr: one, ...(emptyWhen ? { emptyWhen } : {}) }));
        }),
      ),
    ),
  );
}
