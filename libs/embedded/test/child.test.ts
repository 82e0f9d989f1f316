import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const child = fileURLToPath(new URL("../src/child.ts", import.meta.url));

/** A process that starts a child of ours and says its pid; `handler` is what it does at SIGTERM. */
async function startParent(handler: string) {
  const script = `
    import { startChild } from ${JSON.stringify(child)};
    const started = await startChild("sleep", ["60"]);
    ${handler}
    console.log(started.pid);
    setInterval(() => {}, 1_000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = (await once(parent.stdout, "data")) as [Buffer];
  return { parent, pid: Number(output.toString()) };
}

/** An orphan that nobody reaps stays as a zombie: that is ended too. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  test(`a child ends with a parent that ${signal} ends, and the parent still ends by it`, async () => {
    const { parent, pid } = await startParent("");
    expect(isRunning(pid)).toBe(true);
    parent.kill(signal);
    expect(await once(parent, "close")).toEqual([null, signal]);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
}

test("a parent that handles the signal stops its child itself", async () => {
  const { parent, pid } = await startParent(`process.once("SIGTERM", async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.exit((await Promise.race([started.exited.then(() => "killed"), "alive"])) === "alive" ? 0 : 1);
  });`);
  parent.kill("SIGTERM");
  expect(await once(parent, "close")).toEqual([0, null]);
  await expect.poll(() => isRunning(pid)).toBe(false);
});
