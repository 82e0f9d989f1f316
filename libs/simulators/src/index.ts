export type { GeminiFault, GupshupFault, OpenAiFault, WebhookEvent } from "./fault-schemas.ts";
export type { Customer, GupshupApp } from "./gupshup/apps.ts";
export { DEMO_APPS, DEMO_CUSTOMERS, DEMO_STAFF, ESCALATION_TEMPLATE_ID } from "./gupshup/apps.ts";
export type {
  Bubble,
  BubbleContent,
  Choice,
  ConversationView,
  CustomerAction,
  OutgoingStatus,
} from "./gupshup/conversation-types.ts";
export type {
  GupshupStats,
  ModelStats,
  SimulatorControl,
  SimulatorOptions,
  SimulatorStats,
  Simulators,
} from "./simulators.ts";
export { startSimulators } from "./start-simulators.ts";
