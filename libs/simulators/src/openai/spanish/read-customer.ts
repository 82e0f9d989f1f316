import { type DaySaid, SAYS_TODAY, TODAY, takeDay } from "./days.ts";
import { createScanner, fold, words } from "./fold.ts";
import { type NameSaid, readName } from "./names.ts";
import { type PartSaid, type TimeSaid, takePart, takeTime } from "./times.ts";
import { BUT, WISHES, YES } from "./wishes.ts";

type Wish = keyof typeof WISHES;

/** A customer's words, taken apart. */
export interface CustomerWords {
  text: string;
  folded: string;
  day: DaySaid | null;
  time: TimeSaid | null;
  part: PartSaid | null;
  name: NameSaid | null;
  /** The words that say yes, verbatim; null where there are none. */
  yes: string | null;
  /** Something in the words turns a yes into a condition or a change. */
  hasBut: boolean;
  isQuestion: boolean;
  /** Folded, without greeting, day and hour: "9 y media" is no "valoración médica". */
  rest: string;
  wants(wish: Wish): boolean;
  /** True where the words are this wish and nothing else of substance. */
  isOnly(wish: Wish): boolean;
}

const GREETING = words("buen[oa]?s? (?:dias?|tardes?|noches?)");
const FILLER = words(
  "por favor|porfa|porfis|entonces|pues|ah|eh|bueno|y|a|todos|todas|senor(?:a|ita)?|mi amor|doctora?|muy|de nada",
);

/** Takes a customer's text apart; `isNameAsked` where the business has just asked for a name. */
export function readCustomer(text: string, isNameAsked: boolean): CustomerWords {
  const folded = fold(text);
  const scanner = createScanner(folded);
  scanner.take(GREETING);
  const isToday = scanner.has(SAYS_TODAY);
  const time = takeTime(scanner);
  const part = takePart(scanner);
  const day = takeDay(scanner) ?? (isToday ? TODAY : null);
  return {
    text,
    folded,
    day,
    time,
    part,
    name: readName(text, isNameAsked),
    yes: yesIn(text, folded),
    hasBut: BUT.test(folded),
    rest: scanner.rest(),
    isQuestion: text.includes("?") || WISHES.asking.test(folded) || WISHES.price.test(folded),
    wants: (wish) => WISHES[wish].test(folded),
    isOnly: (wish) => isNothingBeside(WISHES[wish], folded),
  };
}

function isNothingBeside(pattern: RegExp, folded: string): boolean {
  if (!pattern.test(folded)) return false;
  const rest = [pattern, WISHES.greeting, WISHES.thanks, FILLER].reduce(
    (text, one) => text.replace(new RegExp(one.source, "g"), " "),
    folded,
  );
  return /^[^a-z0-9]*$/.test(rest);
}

/** "Sí" is yes with its accent, at the end of a clause, or before what only a yes goes with; otherwise "si" is "if". */
function yesIn(text: string, folded: string): string | null {
  const pattern = new RegExp(YES.source, "g");
  for (const match of folded.matchAll(pattern)) {
    const said = text.slice(match.index, match.index + match[0].length);
    const after = text.slice(match.index + match[0].length);
    const isIf =
      /^si$/i.test(said) &&
      !/^\s*(?:$|[,.!;\n]|por favor|claro|señor|gracias|dale|quiero|confirmo|est[aá]|me |la |el |a las|con)/iu.test(
        after,
      );
    if (!isIf) return said;
  }
  return null;
}
