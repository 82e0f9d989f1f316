import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const module = new URL("../src/crash-point.ts", import.meta.url).href;
const marker = () => join(mkdtempSync(join(tmpdir(), "skytide-crash-")), "marker");

/** Runs a process that passes the point and answers how it ended. */
function pass(env: Record<string, string>): "killed" | "went on" {
  const script = `import { crashPoint } from ${JSON.stringify(module)}; crashPoint("before_commit", "brain");`;
  const { signal, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { env });
  if (signal === "SIGKILL") return "killed";
  return status === 0 ? "went on" : expect.fail(`ended with ${status ?? signal}`);
}

test("the named point kills the process once", () => {
  const env = { SKYTIDE_CRASH_AT: "before_commit", SKYTIDE_CRASH_MARKER: marker() };
  expect(pass(env)).toBe("killed");
  expect(readFileSync(env.SKYTIDE_CRASH_MARKER, "utf8")).toBe("before_commit\n");
  expect(pass(env)).toBe("went on");
});

test("a point of one worker is no point of another", () => {
  expect(pass({ SKYTIDE_CRASH_AT: "brain:before_commit", SKYTIDE_CRASH_MARKER: marker() })).toBe("killed");
  expect(pass({ SKYTIDE_CRASH_AT: "media:before_commit", SKYTIDE_CRASH_MARKER: marker() })).toBe("went on");
});

test("nothing happens without the settings, without a marker, or at another point", () => {
  expect(pass({})).toBe("went on");
  expect(pass({ SKYTIDE_CRASH_AT: "before_commit" })).toBe("went on");
  expect(pass({ SKYTIDE_CRASH_AT: "after_effect_before_ack", SKYTIDE_CRASH_MARKER: marker() })).toBe("went on");
});
