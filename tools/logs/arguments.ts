import { parseArgs } from "node:util";
import { SERVICES, type Service } from "./services.ts";
import type { SourceOptions } from "./source.ts";

/** What somebody asked for. */
export interface Asked extends Omit<SourceOptions, "stages"> {
  service: Service;
  filter: RegExp | undefined;
  sinceMs: number;
  json: boolean;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const names = Object.keys(SERVICES);
const width = Math.max(...names.map((name) => name.length));

export const HELP = `What the fleet does, one line per happening, as it happens.

  ./logs.sh SERVICE [FILTER]

${names.map((name) => `  ${name.padEnd(width)}  ${SERVICES[name]?.about}`).join("\n")}

FILTER shows only lines that hold it: a conversation, an organization, a trace, a tool, a word (a regular expression).

  --since 10m      from when on: 30s, 10m, 2h (10m unless given)
  --no-follow      ends after what there is
  --json           the lines as the stages wrote them, for programs
  --namespace N, --context C    a fleet in Kubernetes, through kubectl
  --from WHERE     local (npm start), compose or kubectl; otherwise the first in which a fleet runs

  ./logs.sh all                           everything
  ./logs.sh errors --since 2h --no-follow
  ./logs.sh brain v1_7DL1tuSP             what was decided in one conversation
  ./logs.sh webhooks --namespace skytide

No line holds names, phones or words of people. What was said in a conversation: skytide tail --show-content (recorded).`;

/** Reads the command line; a sentence when it makes no sense. */
export function parseAsked(given: string[]): Asked | "help" | { wrong: string } {
  try {
    const { values, positionals } = parseArgs({ args: given, options: OPTIONS, allowPositionals: true });
    if (values.help || given.length === 0) return "help";
    const [name = "", text, ...more] = positionals;
    const service = SERVICES[name];
    if (!service)
      return {
        wrong:
          name === "" ? `Which service? ${names.join(", ")}` : `There is no service "${name}": ${names.join(", ")}`,
      };
    if (more.length > 0) return { wrong: `Put the filter in quotes: "${[text, ...more].join(" ")}"` };
    const { from, since, context, namespace, json = false } = values;
    if (from !== undefined && !isPlace(from)) return { wrong: `--from is local, compose or kubectl, not "${from}"` };
    const [, count, unit = ""] = /^(\d+)([smh])$/.exec(since) ?? [];
    if (count === undefined) return { wrong: `--since is a time like 30s, 10m or 2h, not "${since}"` };
    const sinceMs = Number(count) * (UNIT_MS[unit] ?? 0);
    const filter = text === undefined ? undefined : new RegExp(text, "i");
    return { service, filter, since, sinceMs, json, follow: !values["no-follow"], from, context, namespace };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

const OPTIONS = {
  since: { type: "string", default: "10m" },
  "no-follow": { type: "boolean" },
  json: { type: "boolean" },
  from: { type: "string" },
  context: { type: "string" },
  namespace: { type: "string", short: "n" },
  help: { type: "boolean", short: "h" },
} as const;

function isPlace(text: string): text is "local" | "compose" | "kubectl" {
  return ["local", "compose", "kubectl"].includes(text);
}
