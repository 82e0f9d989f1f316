import { z } from "zod";
import { type Rpc, readAnswer } from "./rpc.ts";

const instant = z.iso.datetime({ offset: true });

const connectionSchema = z.object({
  appName: z.string().nullable(),
  appId: z.string().nullable(),
  apiKey: z.string().nullable(),
  /** Digits only. */
  businessNumber: z.string().nullable(),
  phoneNumberId: z.string().nullable(),
  webhookSecret: z.string().nullable(),
  isActive: z.boolean(),
});
/** A connection with its secrets: for whoever sets organizations up, not for stages. */
export type OnboardingConnection = z.infer<typeof connectionSchema>;

const factsSchema = z.object({
  name: z.string(),
  agentEnabled: z.boolean(),
  templates: z.object({ reminder: z.string().optional(), reply: z.string().optional() }),
  connections: z.array(connectionSchema),
  /** People who are told about escalations. */
  recipients: z.number().int(),
  /** Services that may be booked, and those of them that somebody attends. */
  services: z.number().int(),
  attendedServices: z.number().int(),
  /** Days of the week with opening hours. */
  openDays: z.number().int(),
  lastInboundAt: instant.nullable(),
  lastReceiptAt: instant.nullable(),
});
/** What an organization has, and lacks, before its agent can answer. */
export type OnboardingFacts = z.infer<typeof factsSchema>;

export interface NewConnection {
  appName: string;
  appId?: string | undefined;
  apiKey?: string | undefined;
  businessNumber?: string | undefined;
  phoneNumberId?: string | undefined;
  webhookSecret?: string | undefined;
}

const connectedSchema = z.object({ madeOrganization: z.boolean(), madeConnection: z.boolean() });
/** What connecting did, or why it did nothing. */
export type Connected =
  | ({ kind: "connected" } & z.infer<typeof connectedSchema>)
  | { kind: "refused"; code: "organization_not_found" | "app_taken" | "invalid_connection" };

export interface Onboarding {
  /** Null where there is no such organization. */
  onboardingFacts(organizationId: string): Promise<OnboardingFacts | null>;
  /** Makes or changes the connection to an app; what is not given stays. With a name it makes the organization where it is missing. */
  connectOrganization(organizationId: string, connection: NewConnection, createAs?: string): Promise<Connected>;
}

const refusals = z.enum(["organization_not_found", "app_taken", "invalid_connection"]);

/** The functions about setting organizations up. */
export function createOnboarding(rpc: Rpc): Onboarding {
  return {
    async onboardingFacts(organizationId) {
      const answer = await rpc.answer("onboarding_facts", { p_organization_id: organizationId });
      return answer.ok ? readAnswer("onboarding_facts", answer, factsSchema) : null;
    },
    async connectOrganization(organizationId, connection, createAs) {
      const answer = await rpc.answer("connect_organization", {
        p_organization_id: organizationId,
        p_connection: connection,
        ...(createAs === undefined ? {} : { p_create_as: createAs }),
      });
      if (!answer.ok) return { kind: "refused", code: readAnswer("connect_organization", answer.code, refusals) };
      return { kind: "connected", ...readAnswer("connect_organization", answer, connectedSchema) };
    },
  };
}
