import type { Store } from "@skytide/store";
import type { TurnDeps } from "./turn/index.ts";

/** Puts a draft where the CRM's pages read it. */
export function showDraftIn(store: Pick<Store, "saveDraft">): NonNullable<TurnDeps["showDraft"]> {
  return async ({ organizationId }, { id, data }, chatIdentityId) =>
    store.saveDraft({
      organizationId,
      chatIdentityId,
      id,
      messages: data.messages,
      actions: data.actions,
      promptVersion: data.treatment.prompt,
      model: data.treatment.model,
    });
}
