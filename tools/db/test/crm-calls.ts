import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type SqlEngine, supabaseFolder, toSqlError } from "@skytide/embedded";
import type { CrmName } from "./crm.ts";

/** A file of supabase/adoption. */
export const adoptionFile = (name: string) => readFile(join(supabaseFolder, "adoption", name), "utf8");

/** What a file of findings says: severity and number of rows by finding. */
export async function findings(engine: SqlEngine, file: string): Promise<Record<string, string>> {
  const rows = (await engine.script(await adoptionFile(file))).at(-1)?.rows ?? [];
  return Object.fromEntries(
    rows.map(({ severity, finding, rows: count }) => [String(finding).split(/[:,(]/)[0], `${severity} ${count}`]),
  );
}

/** Calls a function as the stages do; text stands for every type. */
export async function call(
  engine: SqlEngine,
  name: string,
  given: Record<string, string>,
): Promise<Record<string, unknown>> {
  const passed = Object.entries(given).map(([key, value]) => `${key} := '${value}'`);
  const results = await engine.script(
    `select set_config('search_path', 'public, extensions', true), set_config('role', 'service_role', true); select public.${name}(${passed.join(", ")})::text as answer`,
  );
  return JSON.parse(String(results.at(-1)?.rows[0]?.answer)) as Record<string, unknown>;
}

/** Writes as the CRM's pages do: as one of its users where there are policies, as the owner of everything where there are none. */
export async function asCrm(
  engine: SqlEngine,
  { crm, user }: { crm: CrmName; user: string },
  sql: string,
): Promise<Record<string, unknown>[]> {
  const claims = JSON.stringify({ sub: user, role: "authenticated" });
  const role = crm === "a CRM with its keys and policies" ? "authenticated" : "none";
  const results = await engine.script(
    `select set_config('role', '${role}', true), set_config('request.jwt.claims', '${claims}', true); ${sql}`,
  );
  return results.at(-1)?.rows ?? [];
}

/** The SQLSTATE with which work is refused, or "done". */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    return toSqlError(error)?.code ?? String(error);
  }
}
