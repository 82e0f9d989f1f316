import { normalise } from "./words.ts";

/** Languages that customers' words are told apart by; which of them can be answered in is a matter of texts/. */
export const LANGUAGES = ["es", "en", "pt", "fr", "de", "it"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What they are called where a model is told of them. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  es: "Spanish",
  en: "English",
  pt: "Portuguese",
  fr: "French",
  de: "German",
  it: "Italian",
};

/** Small words that stand in one of these languages and in none of the others. */
const MARKS: Record<Language, string> = {
  es: "hola buenos buenas el los las una uno quiero quisiera necesito cita para con por favor gracias donde cuando cuanto cuesta manana hoy ayer mi mis puedo puede tengo tiene hay esta este pero porque si muy mas usted ustedes agendar cancelar martes lunes jueves",
  en: "hello hi hey the and you your my i is are want would like need can could please thanks thank with for what when where how much does do have there tomorrow today appointment book an of this that",
  pt: "ola oi voce voces quero queria preciso obrigado obrigada amanha hoje nao sim meu minha uma um com bom boa dia tarde noite quanto custa onde quando marcar consulta tem estou tudo bem",
  fr: "bonjour salut je vous voudrais veux merci avec pour demain quand combien rendez prendre est suis oui non mon ma les des une bonsoir plait",
  de: "hallo guten ich mochte brauche bitte danke mit fur morgen heute wann wie viel kostet und ist nicht ein eine mein termin haben",
  it: "ciao buongiorno buonasera vorrei voglio grazie con domani oggi quanto costa appuntamento sono ho il lo gli una per favore mio mia dove posso",
};

const COUNTS = new Map<string, Language[]>();
for (const language of LANGUAGES) {
  for (const word of MARKS[language].split(" ")) COUNTS.set(word, [...(COUNTS.get(word) ?? []), language]);
}
/** In a longer text one foreign word is a name or a brand. */
const MIN_MARKS = 2;
const SHORT_TEXT = 3;

/** The language that a text clearly shows; null where it shows none, or two alike. */
export function languageOf(text: string): Language | null {
  const words = normalise(text).split(" ");
  const scores = new Map<Language, number>();
  for (const word of new Set(words)) {
    const [only, ...others] = COUNTS.get(word) ?? [];
    if (only !== undefined && others.length === 0) scores.set(only, (scores.get(only) ?? 0) + 1);
  }
  const [[best, most] = [null, 0], [, second] = [null, 0]] = [...scores].sort((a, b) => b[1] - a[1]);
  if (best === null || most === second) return null;
  return most >= MIN_MARKS || words.length <= SHORT_TEXT ? best : null;
}
