import type { DependencyMetrics } from "@skytide/telemetry";
import { createClient } from "@supabase/supabase-js";
import { type Appointments, createAppointments } from "./appointments.ts";
import { type Connections, createConnections } from "./connections.ts";
import { type Consents, createConsents } from "./consents.ts";
import { createCountedFetch } from "./counted-fetch.ts";
import { createDrafts, type Drafts } from "./drafts.ts";
import { createErasure, type Erasure } from "./erasure.ts";
import { createHandoffs, type Handoffs } from "./handoffs.ts";
import { createHealth, type Health } from "./health.ts";
import { createKnowledge, type Knowledge } from "./knowledge.ts";
import { createMedia, type Media } from "./media.ts";
import { createNotices, type Notices } from "./notices.ts";
import { createOnboarding, type Onboarding } from "./onboarding.ts";
import { createOrganizations, type Organizations } from "./organizations.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { createPauses, type Pauses } from "./pauses.ts";
import { createReconciliation, type Reconciliation } from "./reconciliation.ts";
import { createRecords, type Records } from "./records.ts";
import { createReminders, type Reminders } from "./reminders.ts";
import { createRpc } from "./rpc.ts";
import { createSendFailures, type SendFailures } from "./send-failures.ts";
import { createSends, type Sends } from "./sends.ts";
import { createTenants, type Tenants } from "./tenants.ts";
import { createTurns, type Turns } from "./turns.ts";
import { createUsageRecords, type UsageRecords } from "./usage.ts";

export interface StoreOptions {
  /** `SUPABASE_URL`. */
  url: string;
  serviceRoleKey: string;
  /** Limit of one call; the default is the service role's statement limit on Supabase plus the way. */
  timeoutMs?: number;
  fetch?: typeof fetch;
  /** Told how each call ended. */
  dependencies?: Pick<DependencyMetrics, "requests"> | undefined;
}

export interface Store
  extends Connections,
    Reconciliation,
    Records,
    Turns,
    Appointments,
    Knowledge,
    Handoffs,
    Consents,
    Erasure,
    Notices,
    Sends,
    Reminders,
    SendFailures,
    Outbox,
    Onboarding,
    Organizations,
    UsageRecords,
    Tenants,
    Pauses,
    Drafts,
    Media,
    Health {}

/** Opens the door to the database: every function is one call, one transaction, and repeatable. */
export function createStore({ url, serviceRoleKey, timeoutMs = 10_000, fetch, dependencies }: StoreOptions): Store {
  const client = createClient(url, serviceRoleKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    db: { timeout: timeoutMs },
    global: {
      fetch: dependencies === undefined ? (fetch ?? globalThis.fetch) : createCountedFetch(dependencies, fetch),
    },
  });
  const rpc = createRpc(client);
  return {
    ...createConnections(rpc),
    ...createRecords(rpc, url),
    ...createTurns(rpc),
    ...createAppointments(rpc),
    ...createKnowledge(rpc),
    ...createHandoffs(rpc),
    ...createConsents(rpc),
    ...createErasure(rpc),
    ...createNotices(rpc),
    ...createSends(rpc),
    ...createReconciliation(rpc),
    ...createReminders(rpc),
    ...createSendFailures(rpc),
    ...createOutbox(rpc),
    ...createOnboarding(rpc),
    ...createOrganizations(rpc),
    ...createUsageRecords(rpc),
    ...createTenants(rpc),
    ...createPauses(rpc),
    ...createDrafts(rpc),
    ...createMedia(rpc, client),
    ...createHealth(rpc),
  };
}
