import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "@skytide/testing";
import { expect } from "vitest";
import { skytide } from "./cli.ts";

interface Finding {
  check: string;
  state: string;
  says: string;
  advice?: string;
}

/** A stand-in for every outside system that answers with one status. */
async function outside(status: number) {
  const server = createServer((_, response) => response.writeHead(status).end("{}"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  return {
    env: { OPENAI_BASE_URL: url, OPENAI_API_KEY: "k", GEMINI_BASE_URL: url, GUPSHUP_API_URL: url, LANGFUSE_HOST: url },
    server,
  };
}

async function examine(env: Record<string, string>): Promise<{ code: number; of(check: string): Finding | undefined }> {
  const { code, out } = await skytide(env, "doctor", "--json");
  const findings = JSON.parse(out) as Finding[];
  return { code, of: (check) => findings.find((one) => one.check === check) };
}

test("a fleet that has everything passes every check", async ({ nats, bus, database }) => {
  expect(bus.connected()).toBe(true);
  const { env, server } = await outside(200);
  const found = await examine({
    NATS_URL: nats.url,
    SUPABASE_URL: database.url,
    SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
    ...env,
  });
  expect(found.of("log")?.says).toMatch(/^nats-server 2\./);
  for (const check of ["log", "streams", "room", "database", "clock", "openai", "gupshup"]) {
    expect(found.of(check), check).toMatchObject({ state: "good" });
  }
  expect(found.code).toBe(0);
  server.close();
});

test("what is missing or refuses is named, with what to do", async ({ nats, bus, database }) => {
  await bus.streamInfo("CONVERSATIONS");
  const { env, server } = await outside(401);
  const found = await examine({
    NATS_URL: nats.url,
    SUPABASE_URL: database.url,
    SUPABASE_SERVICE_ROLE_KEY: "wrong",
    ...env,
  });
  expect(found.code).toBe(1);
  expect(found.of("database")).toMatchObject({ state: "wrong", advice: expect.stringContaining("SUPABASE_URL") });
  expect(found.of("openai")).toMatchObject({ state: "wrong", says: expect.stringContaining("refuses the key") });
  server.close();
  const without = await examine({
    NATS_URL: "nats://127.0.0.1:1",
    SUPABASE_URL: "http://127.0.0.1:1",
    SUPABASE_SERVICE_ROLE_KEY: "x",
    ...env,
  });
  expect(without.of("log")).toMatchObject({ state: "wrong", advice: expect.stringContaining("NATS_URL") });
  expect(without.of("gupshup")).toMatchObject({ state: "wrong", advice: expect.stringContaining("GUPSHUP_API_URL") });
});
