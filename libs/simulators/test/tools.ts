import { z } from "zod";

/** Tools as the agent offers them: enough of every kind to try the simulator's understanding. */
const SERVICES = {
  "11111111-aaaa-4000-8000-000000000001": "Limpieza facial profunda (60 min, $120.000)",
  "11111111-aaaa-4000-8000-000000000002": "Masaje relajante (90 min, $150.000)",
  "11111111-aaaa-4000-8000-000000000003": "Depilación láser axilas (30 min, $90.000)",
  "11111111-aaaa-4000-8000-000000000004": "Valoración de piel (20 min)",
  "11111111-aaaa-4000-8000-000000000005": "Manicure (45 min)",
} as const;
export const [FACIAL, MASSAGE, LASER, , MANICURE] = Object.keys(SERVICES) as [string, string, string, string, string];

const MEMBERS = {
  "22222222-aaaa-4000-8000-000000000001": "Paula Ríos",
  "22222222-aaaa-4000-8000-000000000002": "Andrés Mora",
};
export const [PAULA] = Object.keys(MEMBERS) as [string];
const SLOTS = {
  slot_1: "martes, 24 de noviembre, 3:00 p. m., con Paula Ríos",
  slot_2: "martes, 24 de noviembre, 4:30 p. m., con Andrés Mora",
  slot_3: "miércoles, 25 de noviembre, 10:00 a. m., con Paula Ríos",
};

const APPOINTMENTS = {
  appointment_1: "Limpieza facial profunda, martes 24 de noviembre, 10:00 a. m.",
  appointment_2: "Masaje relajante, viernes 27 de noviembre, 3:00 p. m.",
};

const idOf = (what: string, labels: Record<string, string>) =>
  z
    .enum(Object.keys(labels))
    .describe([what, ...Object.entries(labels).map(([id, label]) => `${id}: ${label}`)].join("\n"));
const kinds = [
  "today",
  "tomorrow",
  "day_after",
  "weekday",
  "day_of_month",
  "date",
  "in_days",
  "in_weeks",
  "week",
  "weekend",
  "soonest",
];
const day = z.strictObject({
  kind: z.enum(kinds),
  weekday: z.enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]).nullable(),
  which: z.enum(["this", "next", "other_week"]).nullable(),
  day: z.int().min(1).max(31).nullable(),
  month: z.int().min(1).max(12).nullable(),
  year: z.int().min(2000).max(2100).nullable(),
  number: z.int().min(0).max(365).nullable(),
});
const time = z.strictObject({
  hour: z.int().min(0).max(24),
  minute: z.int().min(0).max(59).nullable(),
  meridiem: z.enum(["am", "pm", "unknown"]),
  relation: z.enum(["at", "from", "until", "around", "between"]),
  to_hour: z.int().min(0).max(24).nullable(),
  to_minute: z.int().min(0).max(59).nullable(),
});

/** Every tool by name: description and arguments. */
export const TOOLS = {
  book: {
    description: "The customer wants an appointment, or gives a detail of it.",
    schema: z.strictObject({
      service_id: idOf("The service.", SERVICES).nullable(),
      unknown_service: z.boolean(),
      member_id: idOf("Who attends.", MEMBERS).nullable(),
      day: day.nullable(),
      time: time.nullable(),
      part_of_day: z.enum(["early", "morning", "noon", "afternoon", "evening", "late"]).nullable(),
      first_name: z.string().min(1).max(60).nullable(),
      last_name: z.string().min(1).max(60).nullable(),
      also_asks: z.string().nullable(),
    }),
  },
  choose_slot: {
    description: "The customer picks one of the offered times.",
    schema: z.strictObject({ slot_id: idOf("The offered time.", SLOTS) }),
  },
  other_times: {
    description: "None of the offered times suits.",
    schema: z.strictObject({ direction: z.enum(["earlier", "later", "other_day", "more"]) }),
  },
  give_name: {
    description: "The customer says how they are called.",
    schema: z.strictObject({ first_name: z.string().min(1), last_name: z.string().min(1).nullable() }),
  },
  accept: { description: "The customer says yes.", schema: z.strictObject({ evidence: z.string().min(1) }) },
  decline: { description: "The customer says no.", schema: z.strictObject({}) },
  stop_booking: { description: "The customer does not want the appointment any more.", schema: z.strictObject({}) },
  ask_knowledge: {
    description: "The customer asks something about the business.",
    schema: z.strictObject({ question: z.string().min(1), service_id: idOf("The service.", SERVICES).nullable() }),
  },
  change_appointment: {
    description: "The customer wants to change an appointment that exists.",
    schema: z.strictObject({
      change: z.enum(["cancel", "move", "confirm"]),
      service_id: idOf("The service of it.", SERVICES).nullable(),
      day: day.nullable(),
      time: time.nullable(),
      new_day: day.nullable(),
      new_time: time.nullable(),
      new_part_of_day: z.enum(["early", "morning", "noon", "afternoon", "evening", "late"]).nullable(),
      also_asks: z.string().nullable(),
    }),
  },
  choose_appointment: {
    description: "The customer says which of the own appointments is meant.",
    schema: z.strictObject({ appointment_id: idOf("The own appointment.", APPOINTMENTS) }),
  },
  ask_person: { description: "The customer wants a person.", schema: z.strictObject({ reason: z.string().min(1) }) },
  greet: { description: "The customer only greets.", schema: z.strictObject({}) },
  chat: { description: "Anything friendly.", schema: z.strictObject({ text: z.string().min(1) }) },
  say_goodbye: { description: "The customer thanks or says goodbye.", schema: z.strictObject({}) },
  not_understood: { description: "The message makes no sense here.", schema: z.strictObject({}) },
} as const satisfies Record<string, { description: string; schema: z.ZodType }>;
export type ToolName = keyof typeof TOOLS;
export const TOOL_NAMES = Object.keys(TOOLS) as ToolName[];

/** A tool in the flat form of the Responses API. */
export function flatTool(name: ToolName): object {
  const { description, schema } = TOOLS[name];
  return { type: "function", name, description, parameters: z.toJSONSchema(schema), strict: true };
}
