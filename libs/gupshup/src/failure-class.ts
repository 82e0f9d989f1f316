/** What a failure asks of whoever sent the message. */
export const FAILURE_CLASSES = [
  "transient",
  "stop",
  "window",
  "recipient",
  "frequency",
  "account",
  "content",
  "template",
  "other",
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** The provider's codes by what they ask of us (Gupshup's and Meta's error pages; 4xxx, 10xx are Gupshup's own). */
const CODES: Record<Exclude<FailureClass, "other">, readonly number[]> = {
  transient: [2, 4, 500, 503, 4002, 80007, 130429, 131000, 131016, 131056, 131057],
  stop: [4001],
  window: [470, 1004, 1005, 131047],
  recipient: [472, 1002, 1006, 1007, 1008, 1012, 1013, 130472, 131021, 131026, 131050],
  frequency: [131049],
  account: [368, 471, 1001, 1003, 131031, 131042, 131048, 133010],
  content: [100, 1009, 1010, 1011, 4004, 131008, 131009, 131051, 131053],
  template: [4003, 4005, 132000, 132001, 132012, 132015, 132016, 132018],
};

const classes = new Map(
  Object.entries(CODES).flatMap(([name, codes]) => codes.map((code) => [code, name as FailureClass] as const)),
);

/** What a failure's code means; unknown codes and none are `other`. */
export function failureClassOf(providerCode: number | undefined): FailureClass {
  return (providerCode === undefined ? undefined : classes.get(providerCode)) ?? "other";
}

/** What an organization has to do something about, and where. */
export interface TenantFault {
  code: string;
  setting: string;
}

const WHATSAPP_ACCOUNT = "whatsapp_account";
const TEMPLATE = "template";

const FAULTS: Readonly<Record<number, TenantFault>> = {
  1001: { code: "gupshup-app-unmapped", setting: "gupshup_app_name" },
  1003: { code: "gupshup-wallet-empty", setting: "gupshup_wallet" },
  131042: { code: "whatsapp-credit-missing", setting: WHATSAPP_ACCOUNT },
  368: { code: "whatsapp-account-restricted", setting: WHATSAPP_ACCOUNT },
  131031: { code: "whatsapp-account-restricted", setting: WHATSAPP_ACCOUNT },
  471: { code: "whatsapp-spam-limited", setting: WHATSAPP_ACCOUNT },
  131048: { code: "whatsapp-spam-limited", setting: WHATSAPP_ACCOUNT },
  133010: { code: "whatsapp-number-not-registered", setting: "whatsapp_business_number" },
  132001: { code: "template-missing", setting: TEMPLATE },
  132015: { code: "template-paused", setting: TEMPLATE },
  132016: { code: "template-disabled", setting: TEMPLATE },
};

/** The organization's mistake behind a code, where it is one: an account or a template that it has to look after. */
export function tenantFaultOf(providerCode: number | undefined): TenantFault | undefined {
  if (providerCode === undefined) return undefined;
  const failure = failureClassOf(providerCode);
  return FAULTS[providerCode] ?? (failure === "template" ? { code: "template-refused", setting: TEMPLATE } : undefined);
}
