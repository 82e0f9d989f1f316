export { createGiveUp } from "./give-up.ts";
export { createTurn, PASSED, type Passed, type TurnReport, type TurnResult } from "./run-turn.ts";
export type { BegunTurn, ConversationId, TurnDeps, TurnSettings } from "./turn-types.ts";
