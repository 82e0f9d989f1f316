import { loadPrompts } from "./load-prompts.ts";

/** The prompts of this build. */
export const prompts = loadPrompts(import.meta.dirname);
