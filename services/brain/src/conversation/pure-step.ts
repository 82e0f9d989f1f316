import { type AnyActorScope, createActor } from "xstate";
import type { ConversationMachine, MachineSnapshot } from "./machine.ts";
import type { MachineEvent } from "./types.ts";

/** What a step asks for, as XState names it: `emit` and `spawnChild` with their parameters. */
export interface Asked {
  type: string;
  params: unknown;
}

/**
 * Steps a machine as XState's `transition` does: nothing is started, nothing performed. `transition` builds an actor, and with
 * it a whole initial state, for every single step; here one that is never started serves them all.
 */
export function createPureStep(
  machine: ConversationMachine,
): (snapshot: MachineSnapshot, event: MachineEvent) => [MachineSnapshot, Asked[]] {
  const self = createActor(machine);
  let asked: Asked[] = [];
  const nothing = () => {};
  const scope = {
    ...{ self, system: self.system, id: "", sessionId: "" },
    ...{ defer: nothing, logger: nothing, stopChild: nothing, emit: nothing },
    actionExecutor: (action: Asked) => asked.push(action),
  } as unknown as AnyActorScope;
  return (snapshot, event) => {
    asked = [];
    const next = machine.transition(snapshot, event, scope as never);
    return [next as MachineSnapshot, asked];
  };
}
