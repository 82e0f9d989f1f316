import { LANE_OF, PUBLIC_LANES } from "../../src/index.ts";
import { EVENT_FACTS } from "./event-facts.ts";
import { eventSchemas, TYPES, VERSION } from "./schemas.ts";

/** The contract of the public lanes as AsyncAPI 3 (https://www.asyncapi.com/docs/reference/specification/v3.0.0). */
export function toAsyncApi() {
  const schemas = eventSchemas();
  const publicTypes = TYPES.filter((type) => LANE_OF[type] !== "state");
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Skytide conversation events",
      version: `${VERSION}.0.0`,
      description:
        "What happens in the WhatsApp conversations of an organization, as CloudEvents 1.0 in JSON. For people: docs/events.md.",
    },
    defaultContentType: "application/cloudevents+json",
    channels: Object.fromEntries(
      PUBLIC_LANES.map((lane) => [
        lane,
        {
          address: `conv.{org}.{chat}.${lane}`,
          title: `Lane ${lane} of a conversation`,
          parameters: {
            org: { description: "The organization's id, a UUID." },
            chat: { description: "The conversation: a keyed hash that reveals nothing of the customer." },
          },
          messages: Object.fromEntries(
            publicTypes
              .filter((type) => LANE_OF[type] === lane)
              .map((type) => [type, { $ref: `#/components/messages/${type}` }]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(
      PUBLIC_LANES.map((lane) => [
        `receive.${lane}`,
        {
          action: "receive",
          channel: { $ref: `#/channels/${lane}` },
          summary: `Read the lane ${lane} of every conversation of the organization, by the subscriber's durable.`,
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        publicTypes.map((type) => {
          const { $schema: _, $id: __, ...payload } = schemas.get(type) ?? {};
          return [
            type,
            { name: type, title: type, summary: EVENT_FACTS[type], contentType: "application/json", payload },
          ];
        }),
      ),
    },
  };
}
