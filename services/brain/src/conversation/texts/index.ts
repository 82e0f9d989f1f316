import type { Language } from "../languages.ts";
import type { Context } from "../memory.ts";
import { en } from "./en.ts";
import { enChanges } from "./en-changes.ts";
import { enFormat } from "./en-format.ts";
import { es } from "./es.ts";
import { esChanges } from "./es-changes.ts";
import { esFormat } from "./es-format.ts";
import type { Format } from "./format.ts";

/** Everything that code says in one language; another language is another pair of files that fit this shape. */
export type Texts = typeof es & typeof esChanges & { format: Format };

const TEXTS: Partial<Record<Language, Texts>> = {
  es: { ...es, ...esChanges, format: esFormat },
  en: { ...en, ...enChanges, format: enFormat },
};
const DEFAULT: Language = "es";

/** The language in which the customer is answered: their own where the organization allows it and there are texts, else the organization's. */
export function languageFor({ facts, language }: Pick<Context, "facts" | "language">): Language {
  const house = houseLanguage(facts);
  if (language === null || language === house) return house;
  const allowed = facts?.organization.settings?.agentLanguages ?? [];
  return TEXTS[language] !== undefined && allowed.some((one) => one.startsWith(language)) ? language : house;
}

/** The language of the organization's locale, or the first that its agent may speak where that is none of them. */
function houseLanguage(facts: Context["facts"]): Language {
  const locale = facts?.organization.locale.slice(0, 2) ?? DEFAULT;
  const allowed = facts?.organization.settings?.agentLanguages ?? [];
  const first = allowed.length === 0 || allowed.includes(locale) ? locale : allowed[0];
  return TEXTS[first as Language] === undefined ? DEFAULT : (first as Language);
}

/** The texts for this customer. */
export function textsFor(context: Context): Texts {
  return TEXTS[languageFor(context)] ?? (TEXTS[DEFAULT] as Texts);
}
