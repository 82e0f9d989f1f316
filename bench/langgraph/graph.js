// The same dialogue as a LangGraph.js graph, written as its own examples are: messages and facts in annotated state, a
// supervisor that routes, a node per errand, a node for the tools, a checkpointer in memory.
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { Annotation, END, MemorySaver, messagesStateReducer, START, StateGraph } from "@langchain/langgraph";
import { z } from "zod";

const kept = (fallback) => Annotation({ reducer: (_before, now) => now, default: () => fallback });
const State = Annotation.Root({
  messages: Annotation({ reducer: messagesStateReducer, default: () => [] }),
  decision: kept(null),
  booking: kept({}),
  slots: kept([]),
  asked: kept(null),
  effect: kept(null),
});

const services = ["Limpieza facial", "Masaje relajante", "Depilación láser"];
const hours = ["09:00", "10:00", "11:00", "15:00", "16:00"];
const say = (text) => new AIMessage(text);
const wordsOf = ({ messages }) => String(messages.at(-1)?.content ?? "");

/** A chat model that answers each line at once, as the dialogue says. */
export class StubbedModel extends BaseChatModel {
  constructor(lines) {
    super({});
    this.lines = lines;
  }

  _llmType() {
    return "stub";
  }

  bindTools(tools) {
    return this.withConfig({ tools });
  }

  async _generate(messages) {
    const words = String(messages.at(-1)?.content);
    const [name, args] = this.lines.find(({ says }) => says === words)?.model ?? ["not_understood", {}];
    const message = new AIMessage({ content: "", tool_calls: [{ id: "call-1", name, args }] });
    return { generations: [{ text: "", message }] };
  }
}

const optional = z.string().nullish();
const decisions = [
  tool(async (given) => given, {
    name: "book",
    description: "The customer wants an appointment, or gives a detail of it.",
    schema: z.object({ service: optional, day: optional, part_of_day: optional }),
  }),
  tool(async (given) => given, {
    name: "give_name",
    description: "The customer says how they are called.",
    schema: z.object({ first_name: z.string(), last_name: optional }),
  }),
];
const PROMPT = new SystemMessage("You understand messages of customers of a small business. Choose one tool.");

/** Decides by code what the other side decides by code, and asks the stubbed model where that one asks its own. */
function supervisor(model) {
  const bound = model.bindTools(decisions);
  return async (state) => {
    const words = wordsOf(state);
    if (/^hola$/i.test(words)) return { decision: { type: "greet" } };
    if (services.includes(words)) return { decision: { type: "book", given: { service: words } } };
    const hour = /^a las (\d+)$/.exec(words);
    if (hour && state.slots.length > 0) return { decision: { type: "choose_slot", hour: Number(hour[1]) + 12 } };
    if (/^sí/i.test(words)) return { decision: { type: "accept" } };
    const { tool_calls: calls } = await bound.invoke([PROMPT, ...state.messages]);
    const [call] = calls;
    // As a tool node does it: the arguments are parsed by the tool's schema.
    const given = await decisions.find(({ name }) => name === call.name).invoke(call.args);
    return { decision: { type: call.name, given } };
  };
}

function route({ decision, asked }) {
  if (decision.type === "greet") return "greet";
  if (decision.type === "accept") return asked === "reminders" ? "consent" : "book";
  return "appointment";
}

async function greet() {
  return { messages: [say("¡Hola! Soy el asistente de Aurora Estética. ¿En qué te puedo ayudar?")] };
}

async function appointment({ booking, decision, slots }) {
  const known = { ...booking, ...decision.given };
  if (decision.type === "choose_slot") known.slot = slots.find((slot) => slot.startsWith(String(decision.hour)));
  if (!known.service) return { booking: known, messages: [say(`¿Qué servicio te interesa?\n${services.join("\n")}`)] };
  if (!known.day) return { booking: known, messages: [say("¿Para qué día te gustaría?")] };
  if (slots.length === 0) return { booking: known, effect: { tool: "check_availability", day: known.day } };
  if (!known.slot) return { booking: known, messages: [say("¿Cuál de estas horas te sirve?")] };
  if (!known.first_name) return { booking: known, messages: [say("¿A nombre de quién agendo la cita?")] };
  const summary = `Revisemos tu cita:\n• ${known.service}\n• ${known.day}, ${known.slot}\n• A nombre de ${known.first_name}\n¿La agendo?`;
  return { booking: known, asked: "booking", messages: [say(summary)] };
}

async function tools({ booking, effect }) {
  if (effect.tool === "check_availability") {
    const free = hours.filter((hour) => booking.part_of_day !== "afternoon" || hour >= "12:00");
    return { effect: null, slots: free, messages: [say(`Tengo:\n${free.join("\n")}\n¿Cuál te sirve?`)] };
  }
  if (effect.tool === "book_appointment") {
    const done = `¡Listo! Tu cita quedó agendada ✅\n• ${booking.service}\n• ${booking.day}, ${booking.slot}\n¿Quieres recordatorios?`;
    return { effect: null, booking: {}, slots: [], asked: "reminders", messages: [say(done)] };
  }
  return { effect: null, asked: null, messages: [say("Perfecto, te enviaré recordatorios por WhatsApp.")] };
}

/** Builds the graph around a model, with a checkpointer of its own. */
export function createGraph(model) {
  const checkpointer = new MemorySaver();
  const afterAppointment = ({ effect }) => (effect === null ? END : "tools");
  const graph = new StateGraph(State)
    .addNode("supervisor", supervisor(model))
    .addNode("greet", greet)
    .addNode("appointment", appointment)
    .addNode("book", async () => ({ effect: { tool: "book_appointment" } }))
    .addNode("consent", async () => ({ effect: { tool: "record_consent" } }))
    .addNode("tools", tools)
    .addEdge(START, "supervisor")
    .addConditionalEdges("supervisor", route, ["greet", "appointment", "book", "consent"])
    .addConditionalEdges("appointment", afterAppointment, ["tools", END])
    .addEdge("book", "tools")
    .addEdge("consent", "tools")
    .addEdge("greet", END)
    .addEdge("tools", END)
    .compile({ checkpointer });
  return { graph, checkpointer, human: (words) => ({ messages: [new HumanMessage(words)] }) };
}
