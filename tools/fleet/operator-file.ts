import { rmSync, writeFileSync } from "node:fs";
import type { DataFolder } from "./data-folder.ts";
import type { FleetFacts } from "./stage-env.ts";

/** What `skytide` needs to find the fleet that runs on this folder: settings by name, for this machine's user only. */
export function operatorFile(folder: DataFolder) {
  const path = folder.path("operator.json");
  return {
    write({ natsUrl, databaseUrl, serviceRoleKey, chatHashKeys }: FleetFacts): void {
      const settings = {
        NATS_URL: natsUrl,
        SUPABASE_URL: databaseUrl,
        SUPABASE_SERVICE_ROLE_KEY: serviceRoleKey,
        CHAT_HASH_KEYS: chatHashKeys,
      };
      rmSync(path, { force: true });
      writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
    },
    remove(): void {
      rmSync(path, { force: true });
    },
  };
}
