import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNatsServer } from "@skytide/embedded";
import { SCHEMA_VERSION } from "@skytide/store";
import { natsOnSmallDisk, natsSaying, smallDiskMissing, test } from "@skytide/testing";
import { expect, onTestFinished, vi } from "vitest";
import { skytide } from "./cli.ts";

interface Finding {
  group: string;
  check: string;
  state: string;
  says: string;
  advice?: string;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A stand-in for every outside system that answers with one status. */
async function outside(status: number): Promise<Record<string, string>> {
  const url = `http://127.0.0.1:${await listen(createServer((_, response) => response.writeHead(status).end("{}")))}`;
  return {
    ...{ OPENAI_BASE_URL: url, OPENAI_API_KEY: "k", GEMINI_BASE_URL: url, GUPSHUP_API_URL: url, LANGFUSE_HOST: url },
  };
}

async function examine(env: Record<string, string>): Promise<{ code: number; of(check: string): Finding | undefined }> {
  const { code, out } = await skytide({ ...(await outside(200)), ...env }, "doctor", "--json");
  const findings = JSON.parse(out) as Finding[];
  return { code, of: (check) => findings.find((one) => one.check === check) };
}

test("a fleet that has everything passes every check, and only an old patch of NATS is remarked", async ({
  nats,
  bus,
  database,
}) => {
  await bus.streamInfo("CONVERSATIONS");
  const env = {
    ...{ NATS_URL: nats.url, NATS_MONITORING_URL: nats.monitorUrl, SUPABASE_URL: database.url },
    ...{ SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey, ...(await outside(200)) },
  };
  const { code, out } = await skytide(env, "doctor");
  expect(code, out).toBe(0);
  expect(out.split("\n").filter((line) => line !== "" && !line.startsWith(" "))).toEqual([
    ...["settings", "log", "database", "clocks", "certificates", "outside"],
  ]);
  expect(out).toMatch(/^ {2}✓ streams +\d+ streams, buckets and consumers$/m);
  expect(out).not.toContain("✗");
});

test("what is missing or refuses is named, with what to do", async ({ nats, bus, database }) => {
  await bus.streamInfo("CONVERSATIONS");
  const found = await examine({
    ...{ NATS_URL: nats.url, SUPABASE_URL: database.url, SUPABASE_SERVICE_ROLE_KEY: "wrong", ...(await outside(401)) },
  });
  expect(found.code).toBe(1);
  expect(found.of("database")).toMatchObject({ state: "wrong", advice: expect.stringContaining("SUPABASE_URL") });
  expect(found.of("openai")).toMatchObject({
    says: "answers, and refuses the key (401)",
    advice: "Set a valid OPENAI_API_KEY.",
  });
  const nobody = "http://127.0.0.1:1";
  const without = await examine({ NATS_URL: "nats://127.0.0.1:1", SUPABASE_URL: nobody, GUPSHUP_API_URL: nobody });
  expect(without.of("nats")).toMatchObject({ state: "wrong", advice: expect.stringContaining("NATS_URL") });
  expect(without.of("streams")).toMatchObject({ state: "skipped" });
  expect(without.of("gupshup")).toMatchObject({ state: "wrong", advice: expect.stringContaining("GUPSHUP_API_URL") });
});

test("streams that are missing are named, with the command that creates them", async ({ nats }) => {
  const { dataDir } = await ownFolder();
  const empty = await startNatsServer({ dataDir, port: "free", monitorPort: "free" });
  onTestFinished(() => empty.stop());
  expect(empty.port).not.toBe(nats.port);
  const { code, of } = await examine({ NATS_URL: empty.url });
  expect(code).toBe(1);
  expect(of("streams")).toMatchObject({
    ...{ state: "wrong", says: expect.stringContaining("CONVERSATIONS is missing") },
    advice: expect.stringContaining("skytide streams apply --yes"),
  });
  expect(of("disk")).toMatchObject({ state: "skipped" });
});

test.for([
  ["2.10.29", "wrong", "Upgrade NATS to 2.14.0 or later"],
  ["2.14.0", "warning", "2.14.5 or later"],
  ["2.14.5", "good", undefined],
  ["2.15.0-RC.1", "good", undefined],
] as const)("nats-server %s is %s", async ([version, state, advice], { nats, bus }) => {
  await bus.streamInfo("CONVERSATIONS");
  const { of } = await examine({ NATS_URL: await natsSaying(version, nats.url) });
  expect(of("nats")).toMatchObject({ state, says: `nats-server ${version}` });
  expect(of("nats")?.advice).toEqual(advice === undefined ? undefined : expect.stringContaining(advice));
});

test("a database with a migration too few or too many says which way it is off", async ({ nats, database }) => {
  const env = { NATS_URL: nats.url, SUPABASE_URL: database.url, SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey };
  const versions = "supabase_migrations.schema_migrations";
  await database.sql(`insert into ${versions} (version) values ('20991231000000')`);
  expect((await examine(env)).of("database")).toMatchObject({
    ...{ state: "warning", says: `schema 20991231000000, newer than the ${SCHEMA_VERSION} of this version` },
  });
  await database.sql(`delete from ${versions} where version >= $1`, [SCHEMA_VERSION]);
  const { code, of } = await examine(env);
  expect(code).toBe(1);
  expect(of("database")).toMatchObject({
    ...{ state: "wrong", says: expect.stringContaining(`wants ${SCHEMA_VERSION}`) },
    advice: expect.stringContaining("npm run db:migrate"),
  });
});

test("a name that is a slip of the pen is a warning with what was meant", async ({ nats }) => {
  const { of } = await examine({ NATS_URL: nats.url, DEBOUNCE_SECOND: "10" });
  expect(of("settings")).toMatchObject({
    ...{ state: "warning", says: "DEBOUNCE_SECOND is no setting; did you mean DEBOUNCE_MS?" },
    advice: expect.stringContaining(".env.example"),
  });
});

test("a clock that is an hour off is wrong beside the log's and beside the database's", async ({
  nats,
  bus,
  database,
}) => {
  await bus.streamInfo("CONVERSATIONS");
  const env = { NATS_URL: nats.url, SUPABASE_URL: database.url, SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey };
  // Only what Date says: servers and timers go on as they are.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());
  const { code, of } = await examine(env);
  expect(code).toBe(1);
  for (const check of ["clock of the log", "clock of the database"]) {
    expect(of(check)).toMatchObject({ state: "wrong", advice: expect.stringContaining("NTP") });
    expect(of(check)?.says).toMatch(/^this machine is 3(599|600) s ahead$/);
  }
});

const noDisk = smallDiskMissing();
test.skipIf(noDisk)(
  `a full disk of NATS is seen by a write and told by the server${noDisk ? ` (skipped: ${noDisk})` : ""}`,
  async () => {
    const nats = await natsOnSmallDisk();
    await nats.fill();
    const seen = await examine({ NATS_URL: nats.url });
    expect(seen.code).toBe(1);
    expect(seen.of("disk")).toMatchObject({
      ...{ state: "wrong", says: expect.stringContaining("the disk of NATS is full") },
      advice: expect.stringContaining("restart that nats-server"),
    });
    const told = await examine({ NATS_URL: nats.url, NATS_MONITORING_URL: nats.monitorUrl });
    expect(told.of("disk")).toMatchObject({ state: "wrong", says: expect.stringContaining("no space left on device") });
    await nats.repair();
    expect((await examine({ NATS_URL: nats.url, NATS_MONITORING_URL: nats.monitorUrl })).of("disk")).toMatchObject({
      state: "good",
    });
  },
);

async function ownFolder() {
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-doctor-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return { dataDir };
}
