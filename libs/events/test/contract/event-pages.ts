import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ConversationEventType, LANE_OF, PUBLIC_LANES } from "../../src/index.ts";
import { EVENT_FACTS } from "./event-facts.ts";
import { eventSchemas, personalPaths, TYPES, VERSION } from "./schemas.ts";

/** Examples of a real run of the fleet, with the simulators' customers; written by the whole-fleet tests. */
const EXAMPLES = join(import.meta.dirname, "..", "fixtures", "real-run.json");

/** The pages of all public events for docs/events.md, lane by lane. */
export function toEventPages(): string {
  const examples = existsSync(EXAMPLES) ? JSON.parse(readFileSync(EXAMPLES, "utf8")) : {};
  const schemas = eventSchemas();
  const page = (type: ConversationEventType) => {
    const personal = personalPaths(schemas.get(type) ?? {});
    const example = examples[type];
    return [
      `### ${type}`,
      `${EVENT_FACTS[type]} [Schema](schemas/${type}.v${VERSION}.json).`,
      personal.length === 0
        ? "Personal data: none."
        : `Personal data: ${personal.map((path) => `\`${path}\``).join(", ")}.`,
      example === undefined
        ? "No example: the recorded run did not bring one about."
        : `\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``,
    ].join("\n\n");
  };
  return `${PUBLIC_LANES.map((lane) =>
    [`## Lane \`${lane}\``, ...TYPES.filter((type) => LANE_OF[type] === lane).map(page)].join("\n\n"),
  ).join("\n\n")}\n`;
}
