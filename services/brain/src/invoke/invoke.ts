import { chatOf, type HashKeys } from "@skytide/events";
import type { Identity, Store } from "@skytide/store";
import type { Invocation, Invoked } from "../turn/index.ts";
import { type InvokeBody, isPhoneOf, toHistory } from "./invoke-request.ts";

interface InvokeDeps {
  store: Pick<Store, "findInvokedIdentity" | "beginTurn">;
  keys: HashKeys;
  invoke(invocation: Invocation): Promise<Invoked>;
  now(): Date;
}

interface Request {
  body: InvokeBody;
  idempotencyKey: string | null;
  signal: AbortSignal;
}

export type InvokeOutcome = Invoked | { kind: "not_found" };

/** Finds the conversation that a caller means, by what belongs together, and has it answer at once. */
export function createInvokeHandler({ store, keys, invoke, now }: InvokeDeps) {
  return async ({ body, idempotencyKey, signal }: Request): Promise<InvokeOutcome> => {
    const { organizationId, chatIdentityId } = body;
    const identity = await store.findInvokedIdentity({ organizationId, chatIdentityId });
    if (identity === null || !belongsTogether(body, identity)) return { kind: "not_found" };
    const { platform, platformUserId, phone } = identity;
    const chat = chatOf(keys, organizationId, platform, platformUserId);
    return await invoke({
      organizationId,
      chat,
      message: body.message,
      recent: toHistory(body.recentMessages, now()),
      idempotencyKey,
      // Without the time of a message: nobody wrote on WhatsApp, its window stays as it is.
      beginTurn: () => store.beginTurn({ organizationId, chat, platform, platformUserId, phone: phone ?? undefined }),
      signal,
    });
  };
}

function belongsTogether(body: InvokeBody, identity: Identity): boolean {
  const contactFits = (body.contactId ?? null) === null || body.contactId === identity.contactId;
  return contactFits && isPhoneOf(body, identity);
}
