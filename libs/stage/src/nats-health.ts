import { setTimeout as pause } from "node:timers/promises";
import type { Metrics } from "@skytide/telemetry";

/** Often enough for an alert that waits for a minute. */
const EVERY_MS = 10_000;
const WITHIN_MS = 3_000;

/** The gauge of the nats-servers whose monitoring addresses are known. */
export function createServerMetrics(metrics: Metrics, servers: readonly string[]) {
  return metrics.gauge({
    name: "skytide_nats_server_healthy",
    help: "1 while /healthz of the server says so: a server that cannot write any more looks healthy to its own probes.",
    labels: { server: servers },
  });
}

/**
 * Asks each server's plain `/healthz` again and again until the signal stops it. Only that one knows of a stream that does not take
 * writes any more; the questions that the chart's probes ask do not (decisions/0095).
 */
export async function watchServers(
  metrics: Metrics,
  addresses: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const servers = (addresses ?? "").split(",").flatMap((address) => (address === "" ? [] : new URL(address)));
  const gauge = createServerMetrics(
    metrics,
    servers.map(({ host }) => host),
  );
  while (servers.length > 0 && !signal.aborted) {
    await Promise.all(
      servers.map(async (url) => {
        const healthy = await isHealthy(url, signal);
        if (!signal.aborted) gauge.set({ server: url.host }, healthy ? 1 : 0);
      }),
    );
    await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function isHealthy(url: URL, stop: AbortSignal): Promise<boolean> {
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(WITHIN_MS)]);
    const response = await fetch(new URL("/healthz", url), { signal });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    // Who cannot be asked is not known to be healthy: the gauge says 0.
    return false;
  }
}
