import type { OpenAiFault } from "../fault-schemas.ts";
import { chooseTool, type ToolCall } from "./choose-tool.ts";
import { branchesOf, choicesOf, conform, type JsonSchema, propertiesOf } from "./json-schema.ts";
import type { ModelRequest, OfferedTool } from "./model-request.ts";
import { OpenAiRefusal } from "./openai-error.ts";
import { writeAnswer } from "./write-answer.ts";

/** What the model says, before it is put on a wire. */
export type ModelAnswer =
  | { kind: "calls"; calls: { name: string; argumentsJson: string }[] }
  | { kind: "text" | "refusal" | "incomplete"; text: string }
  | { kind: "empty" };

/** The faults that change what the model says. */
export const ANSWER_FAULTS = [
  "quota",
  "refusal",
  "invalid-json",
  "wrong-arguments",
  "wrong-tool",
  "two-tools",
  "empty",
  "incomplete",
  "forged-ids",
  "unknown-fields",
  "nonsense",
  "obedient",
] as const satisfies readonly OpenAiFault["kind"][];
export type AnswerFault = (typeof ANSWER_FAULTS)[number];

/** Answers a request: calls one of the offered tools, fills a JSON schema, or writes a text; or does what a fault says. */
export function answerRequest(request: ModelRequest, fault: AnswerFault | undefined): ModelAnswer {
  switch (fault) {
    case "quota":
      throw OpenAiRefusal.quota();
    case "refusal":
      return { kind: "refusal", text: "Lo siento, no puedo ayudar con eso." };
    case "empty":
      return { kind: "empty" };
    case "incomplete":
      return { kind: "incomplete", text: "Claro, la limp" };
    case "nonsense":
      return { kind: "text", text: "La luna es un queso verde, y tu cita quedó agendada para ayer." };
    case "obedient":
      return obey(request) ?? answerHonestly(request);
    default:
      return spoil(answerHonestly(request), fault, request);
  }
}

function answerHonestly(request: ModelRequest): ModelAnswer {
  if (request.jsonSchema) return { kind: "text", text: JSON.stringify(fillSchema(request, request.jsonSchema)) };
  const call = request.tools.length > 0 ? chooseTool(request) : null;
  if (call) return { kind: "calls", calls: [toWireCall(call)] };
  if (request.mustCall) throw new OpenAiRefusal("The simulator finds no arguments for any of the offered tools.");
  return { kind: "text", text: writeAnswer(request) };
}

/** The last order that stands anywhere in what the model reads. */
function obey({ allText, tools }: ModelRequest): ModelAnswer | null {
  const call = [...allText.matchAll(/\[\[call (\w+) (\{[^\]]*\})\]\]/g)].at(-1);
  if (call !== undefined && tools.length > 0) {
    return { kind: "calls", calls: [{ name: call[1] ?? "", argumentsJson: call[2] ?? "{}" }] };
  }
  const words = [...allText.matchAll(/\[\[say ([^\]]+)\]\]/g)].at(-1)?.[1];
  return words === undefined || tools.length > 0 ? null : { kind: "text", text: words };
}

const toWireCall = (call: ToolCall) => ({ name: call.name, argumentsJson: JSON.stringify(call.arguments) });

/** A union of tools as a JSON schema: each branch holds the tool's name as its only choice, and its arguments beside or below it. */
function fillSchema(request: ModelRequest, schema: JsonSchema): unknown {
  for (const [outer, property] of Object.entries(propertiesOf(schema))) {
    const branches = branchesOf(property, schema).flatMap((branch) => toBranch(branch, schema));
    if (branches.length === 0) continue;
    const call = chooseTool({ ...request, tools: branches.map(({ tool }) => tool) });
    const chosen = branches.find(({ tool }) => tool.name === call?.name);
    if (call && chosen) return { [outer]: chosen.write(call.arguments) };
  }
  return conform(schema, { text: request.customerText, answer: request.customerText }, true);
}

interface Branch {
  tool: OfferedTool;
  write(said: Record<string, unknown>): object;
}

function toBranch(branch: JsonSchema, root: JsonSchema): Branch[] {
  const { description = "" } = branch;
  const properties = Object.entries(branch.properties ?? {});
  const naming = properties.find(([_, property]) => choicesOf(property, root).length === 1);
  if (!naming) return [];
  const [field, property] = naming;
  const name = choicesOf(property, root)[0] ?? "";
  const below = branch.properties?.arguments;
  const others = Object.fromEntries(properties.filter(([one]) => one !== field));
  const schema: JsonSchema = below ?? { type: "object", properties: others, additionalProperties: false };
  const write = (said: Record<string, unknown>) =>
    below ? { [field]: name, arguments: said } : { [field]: name, ...said };
  return [{ tool: { name, description, schema }, write }];
}

function spoil(answer: ModelAnswer, fault: AnswerFault | undefined, request: ModelRequest): ModelAnswer {
  if (answer.kind !== "calls") return fault === "invalid-json" ? { kind: "text", text: '{"action":' } : answer;
  const [call] = answer.calls;
  if (!call) return answer;
  const argumentsJson = call.argumentsJson;
  switch (fault) {
    case "invalid-json":
      return { kind: "calls", calls: [{ ...call, argumentsJson: argumentsJson.slice(0, -1) }] };
    case "wrong-arguments":
      return { kind: "calls", calls: [{ ...call, argumentsJson: '{"organization_id":"forged"}' }] };
    case "wrong-tool":
      return { kind: "calls", calls: [{ name: "delete_everything", argumentsJson: "{}" }] };
    case "forged-ids":
      return { kind: "calls", calls: [{ ...call, argumentsJson: withForgedIds(argumentsJson) }] };
    case "unknown-fields":
      return { kind: "calls", calls: [{ ...call, argumentsJson: `{"contact_id":"other",${argumentsJson.slice(1)}` }] };
    case "two-tools":
      return { kind: "calls", calls: [call, { name: request.tools.at(-1)?.name ?? call.name, argumentsJson: "{}" }] };
    default:
      return answer;
  }
}

/** Every id in the arguments, set or not, is somebody else's. */
function withForgedIds(argumentsJson: string): string {
  return argumentsJson.replace(/"(\w+_id)":(?:"[^"]*"|null)/g, '"$1":"f0000000-0000-4000-8000-00000000f0f0"');
}
