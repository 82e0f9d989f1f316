import { makeTemplate, supabaseFolder } from "@skytide/embedded";

/** Runs before the first test file: those that begin at the same time would each migrate an empty database. */
export async function setup(): Promise<void> {
  await makeTemplate(supabaseFolder);
}
