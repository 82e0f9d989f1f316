import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDatabase } from "@skytide/embedded";
import { createStore } from "@skytide/store";
import { test as base, describe, expect } from "vitest";

const test = base.extend("dataDir", async ({ task: _ }, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), "skytide-embedded-"));
  onCleanup(() => rm(folder, { recursive: true, force: true }));
  return folder;
});

const organizationId = "a0000000-0000-4000-8000-000000000001";
const quick = { port: "free", seed: true, useTemplate: true } as const;

function writer(database: { url: string; serviceRoleKey: string }) {
  const store = createStore(database);
  return (number: number) =>
    store.beginTurn({
      organizationId,
      chat: `t_${number}`,
      platform: "whatsapp",
      platformUserId: String(573_100_000_000 + number),
    });
}

describe("the database process", { timeout: 180_000 }, () => {
  test("keeps every acknowledged row through a kill -9", async ({ dataDir }) => {
    const first = await startDatabase({ dataDir, ...quick });
    const write = writer(first);
    let acknowledged = 0;
    const writing = (async () => {
      for (;;) {
        await write(acknowledged + 1);
        acknowledged += 1;
      }
    })();
    await expect.poll(() => acknowledged, { timeout: 60_000 }).toBeGreaterThan(40);
    process.kill(first.pid, "SIGKILL");
    await expect(writing).rejects.toThrow();
    await first.exited;

    const second = await startDatabase({ dataDir, ...quick });
    expect(second.serviceRoleKey).toBe(first.serviceRoleKey);
    const store = createStore(second);
    for (let number = 1; number <= acknowledged; number += 1)
      expect(await store.findIdentity({ organizationId, chat: `t_${number}` })).not.toBeNull();
    await second.stop();
    expect(() => process.kill(second.pid, 0)).toThrow();
  });

  test("refuses a second start on its folder in words, and is not harmed by it", async ({ dataDir }) => {
    const database = await startDatabase({ dataDir, ...quick });
    await expect(startDatabase({ dataDir, ...quick })).rejects.toThrow(`in use by process ${database.pid}`);
    expect((await createStore(database).health()).schemaVersion).toMatch(/^\d{14}$/);
    await database.stop();
  });

  test("says in words that its port is taken, and leaves the folder free", async ({ dataDir }) => {
    const first = await startDatabase({ dataDir: join(dataDir, "a"), ...quick });
    const port = Number(new URL(first.url).port);
    const second = { ...quick, dataDir: join(dataDir, "b") };
    await expect(startDatabase({ ...second, port })).rejects.toThrow(`the address 127.0.0.1:${port} is already in use`);
    await (await startDatabase(second)).stop();
    await first.stop();
  });

  test("listens on this machine only, and answers strangers nothing", async ({ dataDir }) => {
    const database = await startDatabase({ dataDir, ...quick });
    const call = (headers: Record<string, string>) =>
      fetch(`${database.url}/rest/v1/rpc/health`, { method: "POST", headers, body: "{}" }).then(({ status }) => status);
    expect(database.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await call({})).toBe(401);
    expect(await call({ authorization: "Bearer x.y.z" })).toBe(401);
    expect(await call({ apikey: database.serviceRoleKey })).toBe(200);
    const sql = await fetch(`${database.url}/pg/query`, {
      method: "POST",
      headers: { apikey: database.serviceRoleKey },
      body: "{}",
    });
    expect(sql.status).toBe(404);
    await database.stop();
  });
});
