export type { Appointment, Appointments, AvailabilityQuestion, Booking } from "./appointments.ts";
export type { Connection, Platform } from "./connections.ts";
export { createStore, type Store, type StoreOptions } from "./create-store.ts";
export { SCHEMA_VERSION } from "./database.generated.ts";
export type { CustomerRef, ErasedCustomer, FoundCustomer } from "./erasure.ts";
export type { ChunkVector, Knowledge, KnowledgeChunk, KnowledgeDocument, UnembeddedChunk } from "./knowledge.ts";
export type { Notice, NoticeClaim } from "./notices.ts";
export type { Connected, NewConnection, OnboardingConnection, OnboardingFacts } from "./onboarding.ts";
export type { OrganizationSettings, Rollout } from "./organization-settings.ts";
export type { OrganizationBrief, Organizations } from "./organizations.ts";
export type { OutboxRow } from "./outbox.ts";
export { type FoundPause, PAUSE_SCOPES, type Pause, type PauseScope, type Pauses, type PauseTarget } from "./pauses.ts";
export type { KnownToDatabase } from "./reconciliation.ts";
export type { Recorded } from "./records.ts";
export { REFUSALS, type Refusal, type Refused, type Slot } from "./refusals.ts";
export type { FailedSend, SendCircuit, SendRefusal } from "./send-failures.ts";
export type { SendClaim, UnknownSend, UnmatchedReceipt } from "./sends.ts";
export type { Tenant } from "./tenants.ts";
export type {
  AppointmentStatus,
  Identity,
  Organization,
  OwnAppointment,
  Service,
  TurnFacts,
  TurnStart,
} from "./turns.ts";
export type { Spend, UsageRecords, UsageRow } from "./usage.ts";
