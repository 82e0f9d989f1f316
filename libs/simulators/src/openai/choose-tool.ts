import { conform, propertiesOf } from "./json-schema.ts";
import { readMeaning } from "./meanings.ts";
import type { ModelRequest, OfferedTool } from "./model-request.ts";
import { type Role, roleOf } from "./roles.ts";

/** A call of one of the offered tools, with arguments that its schema accepts. */
export interface ToolCall {
  name: string;
  arguments: Record<string, unknown>;
}

/** Chooses among the offered tools the one that says best what the customer means; null only when there is none. */
export function chooseTool(request: ModelRequest): ToolCall | null {
  const { roles, fields, change } = readMeaning(request);
  const calls = request.tools.flatMap((tool) => {
    const role = roleOf(tool);
    const filled = conform(tool.schema, role === "change" ? { ...fields, ...change } : fields);
    return isObject(filled) ? [{ tool, role, arguments: filled }] : [];
  });
  for (const role of roles) {
    const fitting = calls.filter((call) => call.role === role && saysEnough(role, call.arguments));
    // Of several tools for details, the one that takes up most of what was said.
    const [best] = fitting.sort((a, b) => countSaid(b.arguments) - countSaid(a.arguments));
    if (best) return { name: best.tool.name, arguments: best.arguments };
  }
  const [least] = request.tools.toSorted((a, b) => weight(a) - weight(b));
  const forced = least ? conform(least.schema, fields, true) : undefined;
  return least && isObject(forced) ? { name: least.name, arguments: forced } : null;
}

/** A tool for names without a name, or for slots without a slot, says nothing. */
function saysEnough(role: Role, said: Record<string, unknown>): boolean {
  if (role === "name") return typeof (said.first_name ?? said.name) === "string";
  return (role !== "slot" && role !== "appointment") || countSaid(said) > 0;
}

function countSaid(said: Record<string, unknown>): number {
  return Object.values(said).filter((value) => value !== null && value !== false).length;
}

/** Where no meaning fits, the tool that claims least. */
const weight = (tool: OfferedTool) => Object.keys(propertiesOf(tool.schema)).length;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
