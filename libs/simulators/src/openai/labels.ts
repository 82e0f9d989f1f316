import { choicesOf, descriptionOf, propertiesOf } from "./json-schema.ts";
import type { ModelRequest } from "./model-request.ts";
import { isAlike, toTokens } from "./spanish/tokens.ts";

/** An id that may be chosen, and what people call it. */
export interface Labelled {
  id: string;
  label: string;
}

/** The ids that a property of any offered tool may be, each with the label that stands beside it in a description or the context. */
export function labelledChoices(request: ModelRequest, property: RegExp): Labelled[] {
  const found = new Map<string, string>();
  for (const tool of request.tools) {
    for (const [name, schema] of Object.entries(propertiesOf(tool.schema))) {
      if (!property.test(name)) continue;
      const text = `${descriptionOf(schema, tool.schema)}\n${tool.description}\n${request.context}`;
      for (const id of choicesOf(schema, tool.schema)) found.set(id, found.get(id) ?? labelIn(text, id));
    }
  }
  return [...found].map(([id, label]) => ({ id, label }));
}

/** What stands beside the id: the rest of its line or object, or what comes before it there. */
function labelIn(text: string, id: string): string {
  const line = text.split(/[\n}]/).find((one) => one.includes(id)) ?? "";
  const [before = "", ...after] = line.split(id);
  const rest = after.join(" ");
  return (/\p{L}/u.test(rest) ? rest : before).replace(/^[\s:=\-–"',{[(]+/, "").replace(/[\s"',\])]+$/, "");
}

/** The one label that the words name best; null where none or several are named. */
export function bestLabel(candidates: readonly Labelled[], text: string): Labelled | null {
  const said = toTokens(text);
  const scored = candidates
    .map((candidate) => {
      const label = [...new Set(toTokens(withoutNumbers(candidate.label)))];
      const hits = label.filter((token) => said.some((word) => isAlike(word, token))).length;
      // A name said whole beats a longer name of which a part was said.
      return { candidate, score: hits === 0 ? 0 : hits + hits / (label.length + 1) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const [best, second] = scored;
  return best && best.score > (second?.score ?? 0) ? best.candidate : null;
}

/** Durations and prices beside a name are no part of it. */
const withoutNumbers = (label: string) => label.replaceAll(/\$?\d[\d.]*\s*(?:min(?:utos)?|cop|pesos|h)?/gi, " ");
