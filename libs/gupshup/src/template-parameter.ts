import { cleanText } from "./clean.ts";

/** Makes a text fit for a template's parameter: one line, no tab, no run of spaces, never empty, at most `maxLength` characters. */
export function flattenTemplateParameter(text: string, maxLength = 600): string {
  const flat = cleanText(text).replaceAll(/\s+/g, " ").trim();
  return flat === "" ? "-" : shorten(flat, maxLength);
}

/** Cuts a text to a length, with an ellipsis where something is missing. */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text
    .slice(0, maxLength - 1)
    .toWellFormed()
    .replace(/\uFFFD$/, "")
    .trimEnd()}…`;
}
