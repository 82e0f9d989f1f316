import { z } from "zod";
import type { Rpc } from "./rpc.ts";

/** A reply that was drafted and not sent; `messages` and `actions` as the event `reply.drafted` has them. */
interface Draft {
  organizationId: string;
  chatIdentityId: string;
  id: string;
  messages: readonly unknown[];
  actions: readonly unknown[];
  promptVersion: string;
  model: string;
}

export interface Drafts {
  /** Shows a draft to staff; it closes the conversation's draft before. */
  saveDraft(draft: Draft): Promise<void>;
}

/** The functions about drafts. */
export function createDrafts(rpc: Rpc): Drafts {
  return {
    async saveDraft({ organizationId, chatIdentityId, id, messages, actions, promptVersion, model }) {
      await rpc.call(
        "save_draft",
        {
          p_organization_id: organizationId,
          p_chat_identity_id: chatIdentityId,
          p_id: id,
          p_messages: messages,
          p_actions: actions,
          p_prompt_version: promptVersion,
          p_model: model,
        },
        z.object({}),
      );
    },
  };
}
