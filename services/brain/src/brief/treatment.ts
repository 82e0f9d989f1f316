import { createHash } from "node:crypto";
import type { OrganizationSettings } from "@skytide/store";

/** What one conversation gets: which version of the prompts, which model, and whether its replies are drafts. */
export interface Treatment {
  /** `rollout` for the share of the conversations that tries something else. */
  share: "main" | "rollout";
  /** null: the newest. */
  prompt: string | null;
  /** null: the fleet's. */
  model: string | null;
  draft: boolean;
}

type Chosen = Pick<OrganizationSettings, "chatModel" | "promptVersion" | "rollout" | "draftMode">;

/** The treatment of a conversation: the same in every turn and on every replica, for as long as the settings stay. */
export function treatmentOf({ chatModel, promptVersion, rollout, draftMode }: Chosen, chat: string): Treatment {
  const main = { share: "main", prompt: promptVersion, model: chatModel, draft: draftMode } as const;
  if (rollout === null || hundredthOf(chat) >= rollout.percent) return main;
  return {
    share: "rollout",
    prompt: rollout.prompt ?? promptVersion,
    model: rollout.model ?? chatModel,
    draft: draftMode || rollout.draft === true,
  };
}

/** Where a conversation stands among a hundred: a higher percentage only adds conversations. */
function hundredthOf(chat: string): number {
  return createHash("sha256").update(`rollout ${chat}`).digest().readUInt32BE(0) % 100;
}
