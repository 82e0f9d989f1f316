import type { ModelUsage } from "@skytide/events";
import type { Brief } from "../conversation/index.ts";
import type { Treatment } from "./treatment.ts";
import type { TurnContents } from "./turn-contents.ts";

/** A turn's brief with what the turn itself wants to know of it. */
export interface TurnBrief extends Brief {
  /** As it was really treated: the version and the model by name. */
  treatment: Treatment & { prompt: string; model: string };
  /** What was said to models and by them, for traces; null where the organization did not allow that. */
  contents: TurnContents | null;
  /** Counts a call that did not go through `model`. */
  spent(usage: ModelUsage): void;
  /** Resolves when what the turn has used is written down, or after a moment. */
  settled(): Promise<void>;
}
