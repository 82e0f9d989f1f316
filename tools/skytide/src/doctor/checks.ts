import { sayUnknown, unknownSettings } from "@skytide/stage";
import type { Shell } from "../shell.ts";
import { checkCertificates } from "./certificates.ts";
import { checkClocks } from "./clocks.ts";
import { checkDatabase } from "./database.ts";
import { type Finding, type Found, runRows } from "./finding.ts";
import { checkLog } from "./log.ts";
import { checkOutside, outsideUrls } from "./outside.ts";

/** Runs every check of doctor. */
export async function runChecks(shell: Shell): Promise<Finding[]> {
  const { SUPABASE_URL, WEBHOOK_PUBLIC_URL } = shell.env;
  return await runRows([
    {
      ...{ group: "settings", check: "settings", run: async () => checkSettings(shell) },
      advice: "Correct or remove it; nothing reads it as it is. All settings: .env.example.",
    },
    ...checkLog(shell),
    ...checkDatabase(shell),
    ...checkClocks(shell),
    ...checkCertificates(shell, [["database", SUPABASE_URL], ["webhook", WEBHOOK_PUBLIC_URL], ...outsideUrls(shell)]),
    ...checkOutside(shell),
  ]);
}

function checkSettings(shell: Shell): Found {
  const unknown = unknownSettings(shell.env);
  if (unknown.length > 0) return { state: "warning", says: unknown.map(sayUnknown).join("; ") };
  return { state: "good", says: "no name looks like a slip of the pen" };
}
