/** What our processes and our recording rules are called; everything else in an expression is a function or a label. */
const OURS = /\b(?:skytide[_:][a-z0-9_:]+|nodejs_[a-z0-9_]+|process_[a-z0-9_]+|up)\b/g;

/** The metrics that an expression asks for, each once. */
export function metricNames(expression: string): string[] {
  const bare = expression.replaceAll(/"[^"]*"|'[^']*'/g, "").replaceAll(/\{[^}]*\}/g, "");
  return [...new Set(bare.match(OURS) ?? [])];
}
