import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectBus, inboxPrefixOf } from "@skytide/bus";
import { checkEvents, type EventCheck } from "@skytide/testing";
import type { Fleet } from "../tools/fleet/fleet.ts";

const EXAMPLES = join(import.meta.dirname, "..", "libs", "events", "test", "fixtures", "real-run.json");

/** Validates the whole log of a fleet. With SKYTIDE_RECORD_EXAMPLES=1 one event of each type becomes the example of docs/events.md. */
export async function checkFleetEvents({ urls, natsUsers }: Fleet): Promise<EventCheck> {
  const user = { nkeySeed: natsUsers?.seeds.operator, inboxPrefix: inboxPrefixOf("operator") };
  const bus = await connectBus({ servers: urls.nats, name: "check", ...user });
  const found = await checkEvents(bus);
  await bus.drain();
  if (process.env.SKYTIDE_RECORD_EXAMPLES) record(found.examples);
  return found;
}

/** A state is private and long: it is no example. */
function record({ "state.committed": _, ...examples }: EventCheck["examples"]): void {
  const known = JSON.parse(readFileSync(EXAMPLES, "utf8"));
  const all = Object.entries({ ...known, ...examples }).toSorted(([one], [other]) => one.localeCompare(other));
  writeFileSync(EXAMPLES, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}
