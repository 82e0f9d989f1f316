import type { Bus } from "@skytide/bus";
import type { EscalationRaised } from "@skytide/events";
import type { Simulators } from "@skytide/simulators";
import { createStore } from "@skytide/store";
import { buildEvent, demo, newConversation, type TestDatabase, test as withFleet } from "@skytide/testing";
import { startNotifier } from "./notifier-process.ts";

const STAFF = { aurora: "573009990001", brisa: "573009990002" } as const;
type OrganizationName = keyof typeof STAFF;

/** A customer who asked for a person. */
export interface TestEscalation {
  chatIdentityId: string;
  organizationId: string;
  escalationId: string;
  raised: EscalationRaised;
  /** What the log says about hand-offs of the conversation, after it was raised. */
  outcomes(): Promise<object[]>;
}

let lastPhone = 573_008_000_000;

async function escalate(database: TestDatabase, bus: Bus, organization: OrganizationName): Promise<TestEscalation> {
  const store = createStore({ url: database.url, serviceRoleKey: database.serviceRoleKey });
  const conversation = newConversation(demo[organization].organizationId);
  lastPhone += 1;
  const phone = String(lastPhone);
  const customer = { platformUserId: phone, phone, profileName: "Laura" };
  const { chatIdentityId } = await store.beginTurn({ ...conversation, platform: "whatsapp", ...customer });
  const { escalationId } = await store.raiseEscalation({
    organizationId: conversation.organizationId,
    chatIdentityId,
    reason: "user_asked",
    summary: "Quiere\n\nhablar con alguien",
    idempotencyKey: crypto.randomUUID(),
  });
  const raisedAt = new Date().toISOString();
  const raised = buildEvent(conversation, "escalation.raised", { escalationId, reason: "user_asked", raisedAt });
  const outcomes = async () => {
    const { handoff } = await bus.readConversation(conversation);
    return handoff.flatMap(({ event }) =>
      event.type === "escalation.raised" ? [] : [{ type: event.type, ...event.data }],
    );
  };
  return { chatIdentityId, organizationId: conversation.organizationId, escalationId, raised, outcomes };
}

function noticesAt(simulators: Simulators, organization: OrganizationName): string[][] {
  return simulators.control
    .conversation("SkytideAvisos", STAFF[organization])
    .bubbles.flatMap(({ content }) => (content.kind === "template" ? [content.params] : []));
}

/** vitest's `test` with everything that the notifier speaks with, and customers who ask for a person. */
export const test = withFleet.extend("fleet", ({ nats, bus, database, simulators }) => ({
  bus,
  database,
  simulators,
  start: (env?: Record<string, string>) => startNotifier({ nats, database, simulators }, env),
  escalate: (organization: OrganizationName = "aurora") => escalate(database, bus, organization),
  /** The parameters of each notice on the staff's phone. */
  notices: (organization: OrganizationName = "aurora") => noticesAt(simulators, organization),
}));
