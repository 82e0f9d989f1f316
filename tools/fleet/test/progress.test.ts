import { expect, test } from "vitest";
import { createProgressView } from "../progress.ts";

function view(isTTY: boolean) {
  let text = "";
  let now = 0;
  const output = {
    isTTY,
    columns: 60,
    write: (more: string) => {
      text += more;
    },
  };
  const progress = createProgressView(output, () => now);
  const pass = (ms: number) => {
    now += ms;
  };
  return { progress, pass, text: () => text };
}

test("without a terminal every change is a line", () => {
  const { progress, pass, text } = view(false);
  progress.report({ part: "brain", state: "starting" });
  pass(1_250);
  progress.report({ part: "brain", state: "starting", detail: "waits for nats" });
  pass(1_000);
  progress.report({ part: "brain", state: "ready", pid: 7 });
  progress.report({ part: "redis", state: "external", detail: "the one of REDIS_URL" });
  expect(text().split("\n")).toEqual([
    "  … brain        starting",
    "  … brain        starting: waits for nats  1.3 s",
    "  ✔ brain        ready  2.3 s",
    "  → redis        the one of REDIS_URL",
    "",
  ]);
});

test("in a terminal each part keeps its line, cut to the width", () => {
  const { progress, text } = view(true);
  progress.report({ part: "nats-server", state: "starting" });
  progress.report({ part: "brain", state: "starting", detail: "x".repeat(200) });
  expect(text()).toContain("\u001b[1A\u001b[J");
  for (const line of text().split("\n")) expect(line.length).toBeLessThan(70);
  progress.settle();
  progress.report({ part: "brain", state: "down", detail: "ended by SIGKILL, starting again" });
  expect(text().endsWith("  ✖ brain        down: ended by SIGKILL, starting again\n")).toBe(true);
});
