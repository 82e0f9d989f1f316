export { INTERRUPTED_BY, type TurnReport } from "./attempt-turn.ts";
export { createGiveUp, GIVEN_UP, type GivenUp } from "./give-up.ts";
export { createInvoke, type Invocation, type Invoked } from "./invoke-turn.ts";
export { createTurn, PASSED, type TurnResult } from "./run-turn.ts";
export { REBUILT } from "./stored-state.ts";
export { readTurnInput } from "./turn-input.ts";
export type { ConversationId, TurnDeps } from "./turn-types.ts";
