import type { LanguageModel } from "@skytide/models";
import type { ToolDeps } from "../../services/brain/src/tools/index.ts";
import type { BegunTurn } from "../../services/brain/src/turn/turn-types.ts";
import dialogue from "./dialogue.json" with { type: "json" };

/** One line of the dialogue: what the customer does, and what a model makes of it where one is asked. */
export interface Line {
  says?: string;
  taps?: string;
  model?: [tool: string, given: Record<string, unknown>];
}
export const lines = dialogue as unknown as Line[];

const service = (n: number, name: string, durationMinutes: number, priceCop: number) => ({
  id: `5e000000-0000-4000-8000-00000000000${n}`,
  name,
  description: null,
  durationMinutes,
  priceCop,
  isBookable: true,
  requiresAssessment: false,
  assessmentServiceId: null,
});
const ana = { id: "3e000000-0000-4000-8000-000000000001", name: "Ana Ruiz" };
const sofia = { id: "3e000000-0000-4000-8000-000000000002", name: "Sofía Gil" };

/** What the database would say at the beginning of each turn; Sunday 22 November 2026. */
export const facts: BegunTurn = {
  chatIdentityId: "1d000000-0000-4000-8000-000000000001",
  botEnabled: true,
  organization: {
    name: "Aurora Estética",
    timezone: "America/Bogota",
    locale: "es-CO",
    settings: { agentEnabled: true, maxFailedTurns: 3 },
  },
  contact: null,
  services: [
    service(1, "Limpieza facial", 60, 120_000),
    service(2, "Masaje relajante", 45, 90_000),
    service(3, "Depilación láser", 30, 90_000),
  ],
  members: [ana, sofia],
  appointments: [],
  consent: null,
  openEscalation: null,
};

const slots = ["09:00", "10:00", "11:00", "15:00", "16:00"].map((startTime) => ({
  startsAt: `2026-11-24T${startTime}:00-05:00`,
  date: "2026-11-24",
  startTime,
  endTime: `${Number(startTime.slice(0, 2)) + 1}:00`,
  memberId: ana.id,
  memberName: ana.name,
}));

/** Tools that answer at once. */
export const store: ToolDeps["store"] = {
  checkAvailability: async () => ({ kind: "slots", slots }),
  bookAppointment: async ({ startsAt }) => ({
    kind: "booked",
    contactId: "c0000000-0000-4000-8000-000000000001",
    appointment: {
      id: "a0000000-0000-4000-8000-000000000001",
      serviceName: "Limpieza facial",
      memberName: ana.name,
      date: startsAt.slice(0, 10),
      startTime: startsAt.slice(11, 16),
    },
  }),
  cancelAppointment: async () => ({ kind: "refused", code: "appointment_not_found" }),
  confirmAppointment: async () => ({ kind: "refused", code: "appointment_not_found" }),
  rescheduleAppointment: async () => ({ kind: "refused", code: "appointment_not_found" }),
  searchKnowledge: async () => ({ chunks: [] }),
  raiseEscalation: async () => ({ escalationId: "e0000000-0000-4000-8000-000000000001", alreadyOpen: false }),
  setBotEnabled: async () => ({ changed: true }),
  recordConsent: async () => ({ changed: true }),
};

const NOTHING = {
  service_id: null,
  unknown_service: false,
  member_id: null,
  day: null,
  time: null,
  part_of_day: null,
  first_name: null,
  last_name: null,
  also_asks: null,
};
const usage = { model: "stub", inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 };

/** A model that answers each line at once, as the dialogue says. */
export const model: LanguageModel = {
  async choose({ history }) {
    const words = history.at(-1)?.text;
    const [tool, given] = lines.find(({ says }) => says === words)?.model ?? ["not_understood", {}];
    if (tool !== "book") return { kind: "chosen", tool, arguments: given, usage };
    const parts = { kind: "weekday", which: null, day: null, month: null, year: null, number: null };
    const day = given.day === undefined ? null : { ...parts, weekday: given.day };
    return { kind: "chosen", tool, arguments: { ...NOTHING, ...given, day }, usage };
  },
  write: async () => ({ kind: "text", text: "NO_ANSWER", usage }),
};
