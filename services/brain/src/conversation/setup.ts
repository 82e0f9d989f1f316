import { assign, emit, fromPromise, setup } from "xstate";
import type { EffectInput, EffectOutput } from "./effects.ts";
import { guards } from "./guards.ts";
import type { Context } from "./memory.ts";
import { type NoteName, notes } from "./notes.ts";
import { type SentenceName, sentences } from "./sentences.ts";
import { textsFor } from "./texts/index.ts";
import type { EffectKind, MachineEvent, Reply } from "./types.ts";

/** Stands for a tool in the chart. The chart only declares it: the turn performs it and sends its result back. */
function effect<Kind extends EffectKind>() {
  return fromPromise<EffectOutput<Kind>, EffectInput[Kind]>(() =>
    Promise.reject(new Error("effects are performed by the turn, not by the chart")),
  );
}

/** The words of the diagram: guards, what is said, what is noted, which tools there are. */
export const conversation = setup({
  types: {
    context: {} as Context,
    events: {} as MachineEvent,
    emitted: {} as { type: "reply" } & Reply,
    tags: {} as "wait" | "yes_or_no" | "slots" | "appointments",
    meta: {} as { asked: string },
  },
  actors: {
    check_availability: effect<"check_availability">(),
    book_appointment: effect<"book_appointment">(),
    cancel_appointment: effect<"cancel_appointment">(),
    confirm_appointment: effect<"confirm_appointment">(),
    reschedule_appointment: effect<"reschedule_appointment">(),
    search_knowledge: effect<"search_knowledge">(),
    phrase_answer: effect<"phrase_answer">(),
    raise_escalation: effect<"raise_escalation">(),
    set_bot: effect<"set_bot">(),
    record_consent: effect<"record_consent">(),
  },
  guards,
  actions: {
    say: emit(({ context, event }, { what }: { what: SentenceName }) => ({
      type: "reply" as const,
      message: sentences[what]({ texts: textsFor(context), context, event }),
    })),
    sayInClosing: emit(({ context, event }, { what }: { what: SentenceName }) => ({
      type: "reply" as const,
      message: sentences[what]({ texts: textsFor(context), context, event }),
      closing: true as const,
    })),
    note: assign(({ context, event }, { what }: { what: NoteName }) => notes[what]({ context, event })),
  },
});

/** The action of saying a sentence. */
export const say = (what: SentenceName) => ({ type: "say" as const, params: { what } });
/** The action of saying the sentence that ends a hand-off, which is sent although the bot is off by then. */
export const sayInClosing = (what: SentenceName) => ({ type: "sayInClosing" as const, params: { what } });
/** The action of taking note of something. */
export const note = (what: NoteName) => ({ type: "note" as const, params: { what } });
/** The last action on entering a state that waits for the customer. */
export const listen = note("nothingHeard");
