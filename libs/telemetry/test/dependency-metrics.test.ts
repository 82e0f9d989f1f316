import { expect, test } from "vitest";
import { createMetrics, outcomeOfStatus } from "../src/index.ts";

const newMetrics = () => createMetrics({ version: "1.2.3", processMetrics: false });

test("requests are counted and timed by dependency", async () => {
  const metrics = newMetrics();
  const told = metrics.dependencies.requests("gupshup");
  told("ok", 300);
  told("timeout", 10_000);
  const { body } = await metrics.exposition();
  expect(body).toContain('skytide_dependency_requests_total{dependency="gupshup",outcome="timeout"} 1');
  expect(body).toContain('skytide_dependency_requests_total{dependency="openai",outcome="timeout"} 0');
  expect(body).toContain('skytide_dependency_duration_seconds_count{dependency="gupshup"} 2');
});

test("several circuits of one dependency are open until the last has closed", async () => {
  const metrics = newMetrics();
  const open = async () =>
    /skytide_circuit_open\{dependency="openai"\} (\d)/.exec((await metrics.exposition()).body)?.[1];
  const changed = metrics.dependencies.circuits("openai");
  expect(await open()).toBe("0");
  changed("open", "closed");
  changed("open", "closed");
  changed("half_open", "open");
  changed("closed", "half_open");
  expect(await open()).toBe("1");
  changed("closed", "open");
  expect(await open()).toBe("0");
  expect((await metrics.exposition()).body).toContain(
    'skytide_circuit_transitions_total{dependency="openai",to="open"} 2',
  );
});

test.for([
  [200, "ok"],
  [302, "ok"],
  [404, "client_error"],
  [429, "rate_limited"],
  [408, "timeout"],
  [504, "timeout"],
  [503, "server_error"],
] as const)("a status of %i is %s", ([status, outcome]) => {
  expect(outcomeOfStatus(status)).toBe(outcome);
});
