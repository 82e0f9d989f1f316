import { z } from "zod";
import { type JsonSchema, jsonSchemaSchema } from "./json-schema.ts";
import type { OfferedTool } from "./model-request.ts";
import { OpenAiRefusal } from "./openai-error.ts";

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** A function tool as both wires define it, once unpacked. */
export const functionSchema = z.object({
  name: z.string(),
  description: z.string().nullish(),
  parameters: jsonSchemaSchema.nullish(),
  strict: z.boolean().nullish(),
});

/** Checks a tool as OpenAI does: its name, and what strict mode demands of its schema. */
export function toOfferedTool(tool: z.infer<typeof functionSchema>): OfferedTool {
  if (!NAME.test(tool.name)) {
    throw new OpenAiRefusal(`Invalid 'tools': '${tool.name}' does not match '^[a-zA-Z0-9_-]{1,64}$'.`, {
      param: "tools",
    });
  }
  const schema = tool.parameters ?? { type: "object", properties: {}, additionalProperties: false };
  if (tool.strict) assertStrict(schema, tool.name);
  return { name: tool.name, description: tool.description ?? "", schema };
}

/** Strict mode wants closed objects whose properties are all required. */
export function assertStrict(schema: JsonSchema, where: string): void {
  if (schema.properties || schema.type === "object") {
    const names = Object.keys(schema.properties ?? {});
    const missing = names.find((name) => !schema.required?.includes(name));
    if (schema.additionalProperties !== false || missing !== undefined) {
      const reason =
        missing === undefined ? "'additionalProperties' must be false" : `'required' must hold '${missing}'`;
      const message = `Invalid schema for function '${where}': in strict mode ${reason}.`;
      throw new OpenAiRefusal(message, { param: "tools", code: "invalid_function_parameters" });
    }
  }
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...Object.values(schema.$defs ?? {}),
    ...Object.values(schema.definitions ?? {}),
    ...(schema.anyOf ?? []),
    ...(schema.items ? [schema.items] : []),
  ];
  for (const one of inner) assertStrict(one, where);
}

/** Keeps the tools that a choice allows; a choice of an unknown tool is refused. */
export function narrow(tools: readonly OfferedTool[], allowed: readonly string[]): OfferedTool[] {
  const unknown = allowed.find((name) => !tools.some((tool) => tool.name === name));
  if (unknown !== undefined) {
    throw new OpenAiRefusal(`Tool choice '${unknown}' not found in 'tools' parameter.`, { param: "tool_choice" });
  }
  return tools.filter(({ name }) => allowed.includes(name));
}
