import type { PlainFacts } from "@skytide/events";
import type { Effect, EffectKind } from "../conversation/index.ts";
import { factsOfInput } from "./plain-facts.ts";

/** What a person has to do where replies are only drafted. Asking for a person and taking a consent back are not among them. */
const FOR_A_PERSON: ReadonlySet<EffectKind> = new Set([
  "book_appointment",
  "cancel_appointment",
  "confirm_appointment",
  "reschedule_appointment",
]);

export interface DraftedAction {
  action: EffectKind;
  facts: PlainFacts;
}

/** Ends the way through the chart at the first thing that a draft may not do (decisions/0051). */
export class DraftStop extends Error {
  override readonly name = "DraftStop";
  readonly action: DraftedAction;

  constructor(effect: Effect) {
    super("a draft does nothing in the world");
    this.action = { action: effect.kind, facts: factsOfInput(effect.input) };
  }
}

/** Whether an effect is left to a person in draft mode. */
export function isForAPerson({ kind, input }: Effect): boolean {
  if (kind === "record_consent") return factsOfInput(input).type === "opt_in";
  return FOR_A_PERSON.has(kind);
}
