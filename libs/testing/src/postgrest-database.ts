import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createToken, migrate, openPool, supabaseFolder } from "@skytide/embedded";
import type { TestDatabase } from "./database-fixture.ts";
import type { GivenServers } from "./given-servers.ts";
import { until } from "./until.ts";

/** The real PostgREST in the place of the embedded gateway: migrated, with the demo organizations and nothing else. */
export async function openPostgrestDatabase(
  { url, databaseUrl, jwtSecret }: NonNullable<GivenServers["postgrest"]>,
  onCleanup: (stop: () => Promise<void>) => void,
): Promise<TestDatabase> {
  const engine = openPool(databaseUrl, { connections: 2 });
  const door = await openDoor(url);
  onCleanup(async () => {
    await door.close();
    await engine.close();
  });
  const serviceRoleKey = createToken({ iss: "skytide", role: "service_role" }, jwtSecret);
  const seed = await readFile(join(supabaseFolder, "seed.sql"), "utf8");
  const reset = async () => {
    await engine.script(`truncate public.organizations restart identity cascade;\n${seed}`);
  };
  // PostgREST reads the functions again when it is told, and a moment later.
  const learn = async () => {
    const name = `learned_${crypto.randomUUID().replaceAll("-", "")}`;
    await engine.script(
      `create function public.${name}() returns int language sql as 'select 1'; grant execute on function public.${name}() to service_role`,
    );
    await until(async () => {
      await engine.script("notify pgrst, 'reload schema'");
      const headers = { authorization: `Bearer ${serviceRoleKey}` };
      const { status } = await fetch(`${door.url}/rest/v1/rpc/${name}`, { method: "POST", headers });
      if (status !== 200) throw new Error(`PostgREST answers ${status} to a new function`);
    });
    await engine.script(`drop function public.${name}()`);
  };
  await migrate(engine, { folder: supabaseFolder, skipUnavailable: true });
  await reset();
  await learn();
  const notOurs = async () => {
    throw new Error("this PostgREST is given: a test does not end it");
  };
  return {
    kind: "PostgREST",
    url: door.url,
    serviceRoleKey,
    anonKey: createToken({ iss: "skytide", role: "anon" }, jwtSecret),
    pid: 0,
    exited: new Promise(() => {}),
    stop: notOurs,
    kill: notOurs,
    async sql<Row>(text: string, parameters: readonly unknown[] = []) {
      return (await engine.query(text, parameters)).rows as Row[];
    },
    reset,
    learn,
  };
}

/** Supabase has PostgREST below /rest/v1; PostgREST by itself knows no prefix. */
async function openDoor(target: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").replace(/^\/rest\/v1/, "");
    const onward = ask(new URL(path, target), { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
