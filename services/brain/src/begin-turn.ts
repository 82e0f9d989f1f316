import { PermanentError } from "@skytide/errors";
import type { Store } from "@skytide/store";
import type { TurnDeps } from "./turn/index.ts";

/** The turn's facts from the database; the identity is made from the newest message, or found where only the hand-off moved. */
export function beginTurnIn(store: Pick<Store, "beginTurn" | "findIdentity">): TurnDeps["beginTurn"] {
  return async (conversation, customer) => {
    if (customer !== null) {
      return store.beginTurn({
        ...conversation,
        platform: "whatsapp",
        platformUserId: customer.platformUserId,
        phone: customer.phone,
        profileName: customer.name,
        lastMessageAt: customer.lastMessageAt,
      });
    }
    const identity = await store.findIdentity(conversation);
    if (identity === null) throw new PermanentError("identity-not-found", "nobody of this conversation is known");
    const { platform, platformUserId } = identity;
    return store.beginTurn({ ...conversation, platform, platformUserId, phone: identity.phone ?? undefined });
  };
}
