import type { Panel } from "../dashboard-types.ts";
import { fleetQueries as q, quantiles } from "../shared.ts";

/** The webhook: how quickly it is answered and what it does not take. */
export function wayInPanels(): Panel[] {
  return [
    {
      kind: "timeseries",
      title: "Time until a webhook is answered",
      description: "Gupshup gives up after 10 s and calls again.",
      unit: "s",
      targets: quantiles(q, "skytide_webhook_duration_seconds"),
    },
    {
      kind: "timeseries",
      title: "Webhooks that nothing could be done with",
      description:
        "unknown_app: a number that no organization has; bad_signature: a wrong secret; the rest: not ours or malformed.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_webhook_unresolved_total", { by: ["reason"] }), legend: "{{reason}}" }],
    },
    {
      kind: "timeseries",
      title: "Webhooks answered 503 because of a limit",
      description: "in_flight: this process has enough in hand; connection: one organization; total: the whole fleet.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_webhook_shed_total", { by: ["limit"] }), legend: "{{limit}}" }],
      alerts: ["SkytideWebhookErrorsFastBurn"],
    },
  ];
}
