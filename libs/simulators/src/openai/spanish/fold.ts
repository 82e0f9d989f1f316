/** Lower case, no accents, no punctuation but what dates and hours need; every character keeps its place. */
export function fold(text: string): string {
  return Array.from({ length: text.length }, (_, index) => foldCharacter(text.charAt(index))).join("");
}

function foldCharacter(character: string): string {
  const base = character.normalize("NFD").charAt(0).toLowerCase();
  return /[a-z0-9:./$-]/.test(base) ? base : " ";
}

/** A pattern of folded text: a space stands for any gap, and it only matches whole words. */
export function words(source: string): RegExp {
  return new RegExp(`(?<![a-z0-9])(?:${source.replaceAll(" ", "\\s+")})(?![a-z0-9])`);
}

/** Reads a folded text piece by piece; what was taken is gone for the next reader. */
export interface Scanner {
  /** Takes the first match out of the text. */
  take(pattern: RegExp): RegExpExecArray | null;
  has(pattern: RegExp): boolean;
  /** What nobody has taken. */
  rest(): string;
}

/** Creates a scanner of folded text. */
export function createScanner(folded: string): Scanner {
  let text = folded;
  return {
    take: (pattern) => {
      const match = pattern.exec(text);
      if (!match) return null;
      // A bar is no gap between words: what stood left and right of a taken piece never joins.
      text = text.slice(0, match.index) + "|".repeat(match[0].length) + text.slice(match.index + match[0].length);
      return match;
    },
    has: (pattern) => pattern.test(text),
    rest: () => text,
  };
}
