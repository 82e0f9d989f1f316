// Code keeps its characters: fenced first, then inline.
const code = /```[\s\S]*?```|`[^`\n]+`/g;

/**
 * Turns Markdown as models write it into WhatsApp's own formatting. Text that is WhatsApp's already stays as it is: a
 * single star is bold there and emphasis in Markdown, and both mean "stress this".
 */
export function toWhatsAppText(markdown: string): string {
  const text = markdown.replaceAll(/\r\n?/g, "\n");
  let result = "";
  let from = 0;
  for (const match of text.matchAll(code)) {
    result += outsideCode(text.slice(from, match.index)) + match[0].replace(/^```[a-z]+\n/, "```\n");
    from = match.index + match[0].length;
  }
  return (result + outsideCode(text.slice(from)))
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

function outsideCode(text: string): string {
  return text
    .replaceAll(/<br\s*\/?>/gi, "\n")
    .split("\n")
    .flatMap((line) => toLine(line) ?? [])
    .join("\n");
}

function toLine(line: string): string | undefined {
  // A rule and the line under a table's head draw nothing here.
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line) || /^\s*\|?(\s*:?-{3,}:?\s*\|)+(\s*:?-{3,}:?)?\s*$/.test(line))
    return undefined;
  const heading = /^\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$/.exec(line)?.[1];
  if (heading !== undefined) return `*${toSpan(heading).replaceAll("*", "")}*`;
  const cells = /^\s*\|(.+)\|\s*$/.exec(line)?.[1];
  if (cells !== undefined)
    return cells
      .split("|")
      .map((cell) => toSpan(cell.trim()))
      .join(" · ");
  return toSpan(line.replace(/^(\s*)[*+]\s+/, "$1- "));
}

function toSpan(text: string): string {
  return text
    .replaceAll(/!?\[([^\]\n]*)\]\((\S+?)(?:\s+"[^"]*")?\)/g, (_, label: string, url: string) =>
      label === "" || label === url ? url : `${label} (${url})`,
    )
    .replaceAll(/(\*\*\*|___)(?=\S)(.+?)(?<=\S)\1/g, "*_$2_*")
    .replaceAll(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, "*$2*")
    .replaceAll(/~~(?=\S)(.+?)(?<=\S)~~/g, "~$1~")
    .replaceAll(/\\([\\`*_{}[\]()#+\-.!|>~])/g, "$1");
}
