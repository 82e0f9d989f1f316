import { z } from "zod";
import { type ConversationEventType, conversationEventSchema } from "../../src/index.ts";
import { EVENT_FACTS } from "./event-facts.ts";

export type Schema = z.core.JSONSchema.BaseSchema;

/** The version that each event has; another one is another file. */
export const VERSION = 1;
export const TYPES = Object.keys(EVENT_FACTS) as ConversationEventType[];

/** The JSON Schema (draft 7) of every event by its type, as a reader should see it: fields that come later are allowed. */
export function eventSchemas(): ReadonlyMap<ConversationEventType, Schema> {
  return new Map(
    conversationEventSchema.options.map((option) => {
      const type = option.shape.type.value;
      const { $schema, ...schema } = z.toJSONSchema(option, { target: "draft-7", io: "input" }) as Schema;
      return [
        type,
        { $schema, $id: `skytide/${type}/v${VERSION}`, title: type, description: EVENT_FACTS[type], ...schema },
      ];
    }),
  );
}

/** The paths of an event's personal fields, in the order of the schema. */
export function personalPaths(schema: Schema, path = ""): string[] {
  if (schema["x-personal"] === true) return [path];
  const inProperties = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    personalPaths(property as Schema, path === "" ? name : `${path}.${name}`),
  );
  const inItems = schema.items === undefined ? [] : personalPaths(schema.items as Schema, `${path}[]`);
  const options = [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])];
  return [...new Set([...inProperties, ...inItems, ...options.flatMap((one) => personalPaths(one as Schema, path))])];
}
