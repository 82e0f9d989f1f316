export {
  FAILURE_CLASSES,
  type FailureClass,
  failureClassOf,
  type TenantFault,
  tenantFaultOf,
} from "./failure-class.ts";
export { createGupshupClient, type GupshupClientOptions } from "./gupshup-client.ts";
export type {
  GupshupClient,
  MarkReadRequest,
  SendMessageRequest,
  SendResult,
  SendTemplateRequest,
} from "./gupshup-requests.ts";
export {
  type AppSubscription,
  type AppTemplate,
  createOnboardingClient,
  type OnboardingAnswer,
  type OnboardingClient,
} from "./onboarding-client.ts";
export { parseWebhook } from "./parse-webhook.ts";
export { createPartnerClient, type PartnerClient } from "./partner-client.ts";
export { prepareMessage } from "./prepare-message.ts";
export { splitText } from "./split-text.ts";
export { flattenTemplateParameter } from "./template-parameter.ts";
export type {
  AppReference,
  CustomerReference,
  ReceiptStatus,
  Webhook,
  WebhookItem,
} from "./webhook.ts";
export { toWhatsAppText } from "./whatsapp-text.ts";
