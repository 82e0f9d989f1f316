import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDatabase } from "@skytide/embedded";
import { test } from "@skytide/testing";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { ROOT } from "../root.ts";
import { buildCrm } from "./crm.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "skytide-db-tools-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function db(given: string[], { input, env = {} }: { input?: string; env?: Record<string, string> } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "tools", "db.ts"), ...given], {
    env: { ...process.env, DATABASE_URL: "", SKYTIDE_DATA_DIR: folder, ...env },
    encoding: "utf8",
    input: input ?? "",
    timeout: 120_000,
  });
  return { status, text: stdout + stderr };
}

const organizations = ["psql", "-c", "select name from organizations order by name"];

describe("a database that is not running", { timeout: 240_000 }, () => {
  test("is made, migrated once, told about, asked and emptied", () => {
    expect(db(["migrate", "--status"]).text).toMatch(/pending {2}20261101000100_foundation[\s\S]*\d+ of \d+ pending/);
    expect(db(["migrate"]).text).toMatch(/\(not running\)[\s\S]*applied {2}foundation[\s\S]*applied\.\n$/);
    expect(db(["migrate"]).text).toContain("Nothing to do.");
    expect(db(["migrate", "--status"]).text).toContain("Up to date.");
    expect(db(organizations).text).toContain("(0 rows)");
    expect(db(["reset"])).toMatchObject({ status: 0, text: expect.stringContaining("with the demo organizations") });
    const asked = db(["psql"], {
      input: "select name\nfrom organizations order by name;\n\\d services\nselect nothing from nowhere;\n",
    });
    expect(asked.text).toMatch(/Aurora Estética\nBrisa Dental\n\(2 rows\)/);
    expect(asked.text).toContain("duration_minutes");
    expect(asked.text).toContain('ERROR 42P01: relation "nowhere" does not exist');
    expect(asked.status).toBe(1);
  });
});

test("a database that is running is reached through its process", { timeout: 240_000 }, async () => {
  const running = await startDatabase({ dataDir: join(folder, "database"), port: "free", allowSql: true });
  try {
    expect(db(["migrate"]).text).toMatch(/\(running\)[\s\S]*Nothing to do\./);
    expect(db(["reset", "--no-seed"]).text).toContain("Empty again.");
    expect(db(organizations).text).toContain("(0 rows)");
    expect(db(["psql", "-c", "begin; delete from organizations"])).toMatchObject({
      status: 1,
      text: expect.stringContaining("no begin here"),
    });
  } finally {
    await running.stop();
  }
});

test("a server of one's own is told about what it lacks, asked with the real psql, and emptied only after a yes", {
  timeout: 240_000,
}, async ({ postgres, skip }) => {
  if (postgres === undefined) skip("there is no PostgreSQL 15 or later on this machine");
  const engine = await postgres?.open("commands", { migrated: false });
  if (!engine || !postgres) return;
  await buildCrm(engine, "a CRM with its keys and policies");
  const env = { DATABASE_URL: postgres.databaseUrl.replace("/postgres?", "/commands?") };
  const run = (...given: string[]) => db(given, { env });
  const refused = run("migrate");
  expect(refused).toMatchObject({ status: 1, text: expect.stringContaining('needs the extension "vector"') });
  expect(refused.text).toContain("Warning: 5 active appointments overlapped already");
  expect(refused.text).toContain("Warning: Rows of appointments break the constraint appointments_status");
  const { status, text } = run("migrate", "--skip-unavailable");
  expect(status).toBe(0);
  expect(text).toContain("left out knowledge");
  const found = run("psql", "-X", "-t", "-f", join(ROOT, "supabase", "adoption", "after.sql"));
  expect(found.text).toContain("alter table appointments validate constraint appointments_status");
  expect(run("reset").status).toBe(1);
  expect(run("reset", "--yes", "--seed", "--skip-unavailable")).toMatchObject({ status: 0 });
  expect(run(...organizations.slice(0, 1), "-c", "select name from organizations").text).toContain("Brisa Dental");
});

describe("what cannot be done is said in a sentence", () => {
  const server = "postgres://crm:secret@127.0.0.1:1/crm";

  test("a server is not emptied without --yes, and its password is not shown", () => {
    const { status, text } = db(["reset"], { env: { DATABASE_URL: server } });
    expect(status).toBe(1);
    expect(text).toContain('everything in the schema "public" of crm on 127.0.0.1:1 as crm');
    expect(text).not.toContain("secret");
  });

  test("a server that is not there", () => {
    const { status, text } = db(["migrate"], { env: { DATABASE_URL: server } });
    expect(status).toBe(1);
    expect(text).toContain("cannot be reached: connect ECONNREFUSED");
  });

  test("an address that is none, an unknown switch, an unknown command", () => {
    expect(db(["migrate"], { env: { DATABASE_URL: "mysql://x" } }).text).toContain("must look like postgres://");
    expect(db(["reset", "--force"]).text).toContain("Try --help.");
    expect(db(["drop"])).toMatchObject({ status: 1, text: expect.stringContaining("db:migrate, db:reset") });
  });

  test("each command explains itself", () => {
    for (const command of ["migrate", "reset", "psql", "types"]) {
      expect(db([command, "--help"])).toMatchObject({
        status: 0,
        text: expect.stringContaining(`npm run db:${command}`),
      });
    }
  });
});
