import { rmSync, writeFileSync } from "node:fs";
import type { DataFolder } from "./data-folder.ts";
import { type FleetFacts, natsUserEnv, operatorEnv } from "./stage-env.ts";

/** What `skytide` needs to find the fleet that runs on this folder: settings by name, for this machine's user only. */
export function operatorFile(folder: DataFolder) {
  const path = folder.path("operator.json");
  return {
    write(facts: FleetFacts): void {
      const { natsUsers } = facts;
      const settings = {
        ...operatorEnv(facts),
        ...natsUserEnv(facts, "operator"),
        ...(natsUsers
          ? { NATS_RELOADER_SEED: natsUsers.seeds.reloader, NATS_SUBSCRIBERS_FILE: natsUsers.subscribersFile }
          : {}),
      };
      rmSync(path, { force: true });
      writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
    },
    remove(): void {
      rmSync(path, { force: true });
    },
  };
}
