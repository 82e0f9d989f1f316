// Best first: a paragraph, a line, a sentence, a word.
const borders = [/\n{2,}/g, /\n/g, /(?<=[.!?…])\s/g, /\s/g];

/** Cuts text into pieces of at most `limit` characters, at paragraph borders where possible, then lines, sentences, words. */
export function splitText(text: string, limit = 4096): string[] {
  const pieces: string[] = [];
  let rest = text.trim();
  while (rest.length > limit) {
    const at = cutBefore(rest, limit);
    pieces.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  if (rest !== "") pieces.push(rest);
  return pieces;
}

function cutBefore(text: string, limit: number): number {
  const window = text.slice(0, limit + 1);
  for (const border of borders) {
    const at = [...window.matchAll(border)].at(-1)?.index;
    // A border near the start would make a crumb of a message.
    if (at !== undefined && at >= limit / 2) return at;
  }
  // Never between the two halves of an emoji.
  const before = text.charCodeAt(limit - 1);
  return before >= 0xd800 && before <= 0xdbff && limit > 1 ? limit - 1 : limit;
}
