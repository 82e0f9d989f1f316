export { createGiveUp } from "./give-up.ts";
export { createTurn, PASSED, type TurnReport, type TurnResult } from "./run-turn.ts";
export type { ConversationId, TurnDeps } from "./turn-types.ts";
