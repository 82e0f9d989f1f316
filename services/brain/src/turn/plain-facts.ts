import type { PlainFacts } from "@skytide/events";
import type { BegunTurn } from "./turn-types.ts";

/** Fields of decisions and tools whose texts are ids, instants or words of ours; every other text may be a person's. */
const OURS = new Set([
  ...["service_id", "member_id", "slot_id", "appointment_id", "change", "direction", "kind", "weekday", "which"],
  ...["meridiem", "relation", "part_of_day", "new_part_of_day", "what"],
  ...[
    "serviceId",
    "memberId",
    "appointmentId",
    "exceptAppointmentId",
    "contactId",
    "proposalId",
    "startsAt",
    "from",
    "to",
  ],
  ...["reason", "type"],
]);
/** A reason is an enumeration where a tool is told it, and the model's words where a decision carries it. */
const WORDS_IN_DECISIONS = new Set(["reason", "type", "by"]);
const MAX_LENGTH = 64;
const MAX_FACTS = 24;

/** What a decision holds, without anybody's words. */
export function factsOfDecision(event: object): PlainFacts {
  return plain(Object.entries(event).filter(([key]) => !WORDS_IN_DECISIONS.has(key)));
}

/** What a tool was asked, without anybody's words. */
export function factsOfInput(input: unknown): PlainFacts {
  return typeof input === "object" && input !== null ? plain(Object.entries(input)) : {};
}

/** What was known when the turn began: counts and switches. */
export function factsOfBeginning(facts: BegunTurn): PlainFacts {
  return {
    botEnabled: facts.botEnabled,
    agentEnabled: facts.organization.settings.agentEnabled,
    contactKnown: facts.contact !== null,
    consent: facts.consent ?? "none",
    services: facts.services.length,
    members: facts.members.length,
    ownAppointments: facts.appointments.length,
    escalationOpen: facts.openEscalation !== null,
  };
}

/** How many things a tool found: free hours, passages, alternatives. */
export function foundIn(output: unknown): number | undefined {
  if (typeof output !== "object" || output === null) return undefined;
  for (const key of ["slots", "passages", "alternatives"] as const) {
    const list = (output as Record<string, unknown>)[key];
    if (Array.isArray(list)) return list.length;
  }
  return undefined;
}

/** Why a tool did not take what the model wrote. */
export function checksIn(output: unknown): string[] | undefined {
  if (typeof output !== "object" || output === null || !("checks" in output)) return undefined;
  const { checks } = output;
  return Array.isArray(checks) && checks.length > 0 ? checks.map(String).slice(0, 4) : undefined;
}

function plain(entries: readonly [string, unknown][], path = ""): PlainFacts {
  const facts: PlainFacts = {};
  for (const [key, value] of entries) {
    if (typeof value === "number" || typeof value === "boolean") facts[path + key] = value;
    else if (typeof value === "string" && OURS.has(key) && value.length <= MAX_LENGTH) facts[path + key] = value;
    else if (typeof value === "object" && value !== null && path === "" && !Array.isArray(value))
      Object.assign(facts, plain(Object.entries(value), `${key}.`));
  }
  return Object.fromEntries(Object.entries(facts).slice(0, MAX_FACTS));
}
