import { z } from "zod";

const MAX_RECENT = 20;
const MAX_CHARACTERS = 4_096;

const words = z.string().trim().min(1).max(MAX_CHARACTERS);

/** The body of `POST /invoke`, as today's callers send it; what else they send is not looked at. */
export const invokeBodySchema = z.object({
  organizationId: z.uuid().toLowerCase(),
  chatIdentityId: z.uuid(),
  contactId: z.uuid().nullish(),
  /** The full phone, with or without `+`. */
  phone: z.string().min(1).max(40),
  /** The national number. */
  phoneNumber: z.string().min(1).max(40),
  countryCode: z.string().min(1).max(8),
  firstName: z.string().max(200).nullish(),
  message: words,
  recentMessages: z
    .array(
      z.object({
        role: z.enum(["user", "customer", "assistant", "agent", "human", "staff"]),
        content: z.string().max(MAX_CHARACTERS),
      }),
    )
    .max(MAX_RECENT)
    .nullish(),
});
export type InvokeBody = z.infer<typeof invokeBodySchema>;

/** Names one request of a caller; visible characters only. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/)
  .optional();

const ROLES = {
  user: "customer",
  customer: "customer",
  assistant: "agent",
  agent: "agent",
  human: "staff",
  staff: "staff",
} as const;

/** What was said before, as a conversation remembers it. */
export function toHistory(recent: InvokeBody["recentMessages"], now: Date) {
  return (recent ?? []).map(({ role, content }) => ({ role: ROLES[role], text: content, at: now.toISOString() }));
}

/** True where the caller's phone, in both of its forms, is the identity's own. */
export function isPhoneOf(
  { phone, phoneNumber, countryCode }: Pick<InvokeBody, "phone" | "phoneNumber" | "countryCode">,
  identity: { platformUserId: string; phone: string | null },
): boolean {
  const own = digitsOf(identity.phone ?? identity.platformUserId);
  return own !== "" && digitsOf(phone) === own && digitsOf(countryCode + phoneNumber) === own;
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, "");
}
