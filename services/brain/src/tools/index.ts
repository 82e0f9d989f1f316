import type { Embedder, LanguageModel } from "@skytide/models";
import type { EffectKind } from "../conversation/index.ts";
import { type BookAppointmentDeps, createBookAppointment } from "./book-appointment.ts";
import {
  type ChangeAppointmentDeps,
  createCancelAppointment,
  createConfirmAppointment,
  createRescheduleAppointment,
} from "./change-appointment.ts";
import { type CheckAvailabilityDeps, createCheckAvailability } from "./check-availability.ts";
import { createPhraseAnswer } from "./phrase-answer.ts";
import { createRaiseEscalation, type RaiseEscalationDeps } from "./raise-escalation.ts";
import { createRecordConsent, type RecordConsentDeps } from "./record-consent.ts";
import { createSearchKnowledge, type SearchKnowledgeDeps } from "./search-knowledge.ts";
import { createSetBot, type SetBotDeps } from "./set-bot.ts";
import type { Tool } from "./tool.ts";

export { countTools, createToolMetrics } from "./count-tools.ts";
export type { ToolContext } from "./tool.ts";
export type Tools = Record<EffectKind, Tool>;

export interface ToolDeps {
  store: CheckAvailabilityDeps &
    BookAppointmentDeps &
    ChangeAppointmentDeps &
    SearchKnowledgeDeps &
    RaiseEscalationDeps &
    SetBotDeps &
    RecordConsentDeps;
  model: Pick<LanguageModel, "write">;
  /** Null: knowledge is searched by words alone. */
  embedder: Embedder | null;
}

/** Everything that the chart can have done, by the name it calls it. */
export function createTools({ store, model, embedder }: ToolDeps): Tools {
  return {
    check_availability: createCheckAvailability(store),
    book_appointment: createBookAppointment(store),
    cancel_appointment: createCancelAppointment(store),
    confirm_appointment: createConfirmAppointment(store),
    reschedule_appointment: createRescheduleAppointment(store),
    search_knowledge: createSearchKnowledge(store, embedder),
    phrase_answer: createPhraseAnswer(model),
    raise_escalation: createRaiseEscalation(store),
    set_bot: createSetBot(store),
    record_consent: createRecordConsent(store),
  };
}
