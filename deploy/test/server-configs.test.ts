import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createUserSeeds, renderAccounts, renderSubscribers } from "@skytide/bus";
import { findNatsServer } from "@skytide/embedded";
import { freePort, until } from "@skytide/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { ROOT } from "./render.ts";

const read = (name: string) => readFileSync(join(ROOT, "deploy", "compose", name), "utf8");

test("nats-server takes nats.conf with the accounts that skytide writes beside it, and not without them", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "nats.conf"), read("nats.conf").replace("/data", join(folder, "data")));
  const check = () => spawnSync(findNatsServer(), ["-t", "-c", join(folder, "nats.conf")], { encoding: "utf8" });
  expect(check().status).toBe(1);
  mkdirSync(join(folder, "accounts"));
  writeFileSync(join(folder, "accounts", "accounts.conf"), renderAccounts(createUserSeeds()));
  writeFileSync(join(folder, "accounts", "subscribers.conf"), renderSubscribers([]));
  const { status, stderr } = check();
  expect(status, stderr).toBe(0);
});

const NGINX = spawnSync("nginx", ["-v"]).status === 0;

describe.skipIf(!NGINX)(NGINX ? "the doors, in nginx" : "the doors, in nginx (skipped: there is no nginx here)", () => {
  test("gateway.conf starts while nobody is there, and leads rpc calls and files to their services", async () => {
    const backend = await startBackend();
    const door = await startNginx("gateway.conf", 8000, { postgrest: backend, storage: backend });
    expect(await door("/rest/v1/rpc/health?a=1")).toBe("/rpc/health?a=1");
    expect(await door("/storage/v1/object/chat-media/a%20b/voice.ogg")).toBe("/object/chat-media/a%20b/voice.ogg");
    expect(await door("/health")).toBe("");
    const nobody = await startNginx("gateway.conf", 8000, { postgrest: await freePort(), storage: backend });
    expect(await nobody("/rest/v1/rpc/health")).toContain("502");
    expect(await nobody("/storage/v1/object/x")).toBe("/object/x");
  });

  test("entry.conf leads each path of the outside to its stage, and no other", async () => {
    const [ingest, notifier, brain] = [
      await startBackend("ingest"),
      await startBackend("notifier"),
      await startBackend("brain"),
    ];
    const door = await startNginx("entry.conf", 8080, { ingest, notifier, brain });
    expect(await door("/webhooks/gupshup?x=1")).toBe("ingest /webhooks/gupshup?x=1");
    expect(await door("/internal/notify/escalation")).toBe("notifier /internal/notify/escalation");
    expect(await door("/invoke")).toBe("brain /invoke");
    for (const path of ["/metrics", "/readyz", "/invoke/x", "/"]) expect(await door(path), path).toContain("404");
  });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "skytide-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Answers every request with the path it was asked for. */
async function startBackend(name?: string): Promise<number> {
  const server = createServer((request, response) => response.end([name, request.url].filter(Boolean).join(" ")));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close().closeAllConnections());
  return (server.address() as AddressInfo).port;
}

/** Starts nginx with a file of ours whose names and ports are those of this test; gives the text behind a path. */
async function startNginx(file: string, listens: number, backends: Record<string, number>) {
  const folder = temporaryFolder();
  const port = await freePort();
  let server = read(file).replace(`listen ${listens};`, `listen 127.0.0.1:${port};`);
  for (const [name, backendPort] of Object.entries(backends)) {
    server = server
      .replace(`set $${name} ${name};`, `set $${name} 127.0.0.1;`)
      .replace(new RegExp(`(http://\\$${name}):\\d+`), `$1:${backendPort}`);
  }
  const config = `daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off;
    ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(" ")}
    ${server} }`;
  writeFileSync(join(folder, "nginx.conf"), config);
  const nginx = spawn("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], { stdio: "ignore" });
  onTestFinished(() => stop(nginx));
  const ask = async (path: string) => await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  await until(() => ask("/"));
  return ask;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGQUIT");
  await once(child, "exit");
}
