import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connectBus, inboxPrefixOf } from "@skytide/bus";
import type { Fleet } from "../tools/fleet/fleet.ts";

/** Every refusal of the nats-server that a stage logged: a permission that its user lacks. */
export function refusedSubjects({ logs }: Fleet): string[] {
  return readdirSync(logs).flatMap((file) =>
    readFileSync(join(logs, file), "utf8")
      .split("\n")
      .filter((line) => /PERMISSIONS_VIOLATION|not-permitted/.test(line)),
  );
}

/** A connection as the operator, who may read everything. */
export function connectOperator({ urls, natsUsers }: Fleet) {
  return connectBus({
    servers: urls.nats,
    name: "operator",
    nkeySeed: natsUsers?.seeds.operator,
    inboxPrefix: inboxPrefixOf("operator"),
  });
}
