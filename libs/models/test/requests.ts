import { z } from "zod";
import type { ChooseRequest, ModelTool } from "../src/index.ts";

const giveDate: ModelTool = {
  name: "give_date",
  description: "The customer named a day.",
  parameters: z.strictObject({
    day: z.enum(["today", "tomorrow"]).describe("Which day."),
    number: z.int().min(1).max(31).nullable(),
  }),
};

export const askPerson: ModelTool = {
  name: "ask_person",
  description: "The customer wants a person.",
  parameters: z.strictObject({ reason: z.string().max(200) }),
};

/** A request to choose, with two tools of which one is offered. */
export function chooseRequest(changes: Partial<ChooseRequest> = {}): ChooseRequest {
  return {
    system: "You are the agent of a clinic.",
    history: [
      { role: "customer", text: "Hola" },
      { role: "agent", text: "¿Para qué día?" },
      { role: "staff", text: "Ya le ayudamos." },
      { role: "customer", text: "Para" },
      { role: "customer", text: "mañana" },
    ],
    context: "state: choosing a date",
    tools: [giveDate, askPerson],
    allowed: ["give_date"],
    signal: new AbortController().signal,
    ...changes,
  };
}
