import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chatOf, hashKeysSchema } from "@skytide/events";
import { createStore, type OwnAppointment } from "@skytide/store";
import { MACHINE_ENV } from "@skytide/testing";
import { type Fleet, startFleet } from "../tools/fleet/fleet.ts";
import { checkFleetEvents } from "./event-check.ts";
import { refusedSubjects } from "./log-facts.ts";
import { openPhone, type Phone } from "./phone.ts";

export { AURORA, BRISA } from "./organizations.ts";

const CHAT_HASH_KEYS = "t1:a-secret-of-the-fleet-tests";

/** A whole fleet in a folder of its own, and what a test asks of it. */
export interface TestFleet {
  fleet: Fleet;
  phone(app: string, number: string): Phone;
  /** The customer's own active appointments as the database has them. */
  appointments(organizationId: string, number: string): Promise<OwnAppointment[]>;
  /** Asks the database itself. */
  rows(query: string, parameters: string[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Starts a fleet on free ports with a short debounce; `brains` is the number of brain processes. */
export async function startTestFleet({ brains = 1 }: { brains?: number } = {}): Promise<TestFleet> {
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-fleet-"));
  const fleet = await startFleet({
    dataDir,
    ports: "free",
    // Only this: a fleet under test must not take on what the shell happens to have.
    env: { ...MACHINE_ENV, DEBOUNCE_MS: "400", DEBOUNCE_MAX_MS: "3000", CHAT_HASH_KEYS },
    replicas: { brain: brains },
  });
  const store = createStore({ url: fleet.urls.database, serviceRoleKey: fleet.serviceRoleKey });
  const keys = hashKeysSchema.parse(CHAT_HASH_KEYS);
  return {
    fleet,
    phone: (app, number) => openPhone(fleet.urls.simulators, app, number),
    async appointments(organizationId, number) {
      const chat = chatOf(keys, organizationId, "whatsapp", number);
      const start = { organizationId, chat, platform: "whatsapp" as const, platformUserId: number, phone: number };
      return (await store.beginTurn(start)).appointments;
    },
    async rows(query, parameters) {
      const response = await fetch(`${fleet.urls.database}/pg/query`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${fleet.serviceRoleKey}` },
        body: JSON.stringify({ query, parameters }),
      });
      const [result] = (await response.json()) as { rows: Record<string, unknown>[] }[];
      return result?.rows ?? [];
    },
    async stop() {
      const { total, counts, invalid } = await checkFleetEvents(fleet);
      await fleet.stop();
      const refused = refusedSubjects(fleet);
      await rm(dataDir, { recursive: true, force: true });
      process.stdout.write(`${total} events of ${Object.keys(counts).length} types are valid by docs/schemas\n`);
      if (total === 0 || invalid.length > 0) throw new Error(`events that break the contract:\n${invalid.join("\n")}`);
      // A laptop says it first: libs/bus/src/access/stage-access.ts lacks a word.
      if (refused.length > 0) throw new Error(`the nats-server refused a stage:\n${refused.slice(0, 5).join("\n")}`);
    },
  };
}
