import { availableParallelism, cpus, loadavg } from "node:os";
import { CONCURRENCY, EVERY_MS, HANDLER_MS, type Result } from "./measure-case.ts";

/** The results as a page; docs/benchmarks/fairness.md holds them with what they mean. */
export function page(results: readonly Result[]): string {
  const [alone] = results;
  const limit = Math.round(1.2 * (alone?.p95Ms ?? 0) + 200);
  const rows = results.map(
    ({ name, medianMs, p95Ms, worstMs, handled, sent, window, busyHandled, publishedInMs }) =>
      `| ${name} | ${medianMs} ms | ${p95Ms} ms | ${worstMs} ms | ${handled} of ${sent} | ${window} | ${busyHandled} | ${Math.round(publishedInMs)} ms |`,
  );
  const load = loadavg()[0] ?? 0;
  return `# Fairness, measured

Made by \`npm run bench:fairness\` on ${new Date().toISOString().slice(0, 10)}: a real nats-server (one, \`sync_interval: always\`), one stage with \`CONCURRENCY=${CONCURRENCY}\` and a handler that takes ${HANDLER_MS} ms.
One organization writes every ${EVERY_MS} ms; another one's 10,000 messages come meanwhile. Waits are from publication to
the handler's end, of the first organization's messages.

- ${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}
- load average of the last minute, this measurement included: ${load.toFixed(1)}

| case | median | p95 | worst | handled in time | most in the shared window | of the backlog handled | backlog published in |
|---|---:|---:|---:|---:|---:|---:|---:|
${rows.join("\n")}

Allowed with a backlog: 1.2 × ${alone?.p95Ms ?? 0} ms + 200 ms = **${limit} ms**.

While it lasts the surplus waits in the process ([decision 0060](../decisions/0060-the-surplus-of-an-organization-waits-in-the-process.md)).
`;
}
