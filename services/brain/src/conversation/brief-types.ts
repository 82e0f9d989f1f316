import type { LanguageModel } from "@skytide/models";
import type { Prompts } from "./prompts/load-prompts.ts";

/** How a conversation is thought about in this turn, by its organization's settings: which model, which words to it, in whose name. */
export interface Brief {
  model: LanguageModel;
  prompts: Prompts;
  business: {
    name: string;
    agentName: string | null;
    tone: string | null;
    instructions: string | null;
    /** At least one; the first is the one to begin with. */
    languages: readonly string[];
    /** Rules of the house that may be told. */
    policies: string | null;
  };
  /** The organization's models may cost no more today: nothing is asked of them, and the customer gets a person. */
  exhausted: boolean;
}
