/** Two minutes of speech; what is longer is cut, so that one voice note cannot fill the agent's memory. */
const MAX_CHARACTERS = 4_000;

/** A description as it may go on: no control characters, no half characters, not longer than the agent can take. */
export function cleanText(text: string, cutAlready: boolean): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const clean = text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, " ").toWellFormed();
  const characters = [...clean.trim()];
  const cut = characters.length > MAX_CHARACTERS;
  const kept = cut ? characters.slice(0, MAX_CHARACTERS).join("").trimEnd() : characters.join("");
  return cut || cutAlready ? `${kept} […]` : kept;
}
