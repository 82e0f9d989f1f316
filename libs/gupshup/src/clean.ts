// C0 without tab and line feed, DEL, C1: a NUL breaks Postgres' jsonb, the rest breaks terminals and prompts.
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point.
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** Text without control characters and lone surrogates, line ends as `\n`. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll(/\r\n?/g, "\n").replaceAll(controls, "");
}

/** A phone as digits, or undefined where it is none: a plus, spaces and usual separators are dropped, anything else refuses. */
export function toPhone(text: string | undefined): string | undefined {
  const digits = text?.replaceAll(/[\s+().-]/g, "");
  return digits !== undefined && /^\d{5,20}$/.test(digits) ? digits : undefined;
}

/** A time out of seconds or milliseconds since 1970, whichever it can be; undefined where it is neither. */
export function toMoment(value: number | undefined): Date | undefined {
  if (value === undefined || !(value > 0)) return undefined;
  const at = new Date(value < 1e11 ? value * 1000 : value);
  return at.getTime() < Date.UTC(2100, 0) ? at : undefined;
}
