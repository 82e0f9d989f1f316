import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";

const main = new URL("../src/simulators-main.ts", import.meta.url).pathname;

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH ?? "", ...env } });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  return { child, output: () => output, closed: once(child, "close") };
}

describe("the simulators' process", () => {
  test("says where it listens, and ends with 0 on SIGTERM", async () => {
    const { child, output, closed } = start({ SIMULATORS_PORT: "0" });
    await once(child.stdout, "data");
    const { url } = JSON.parse(output()) as { url: string };
    expect((await fetch(`${url}simulator/gupshup`)).status).toBe(200);
    child.kill("SIGTERM");
    expect((await closed)[0]).toBe(0);
  });

  test("names every bad setting and ends with 78", async () => {
    const { output, closed } = start({ SIMULATORS_PORT: "door", SIMULATORS_WEBHOOK_VERSION: "4" });
    expect((await closed)[0]).toBe(78);
    expect(output()).toContain("SIMULATORS_PORT");
    expect(output()).toContain("SIMULATORS_WEBHOOK_VERSION");
  });

  test("says which port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = String(typeof address === "object" ? address?.port : address);
    const { output, closed } = start({ SIMULATORS_PORT: port });
    expect((await closed)[0]).toBe(1);
    expect(output()).toContain(`Port ${port} is in use`);
    other.close();
  });
});
