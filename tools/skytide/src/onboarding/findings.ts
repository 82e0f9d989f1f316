/** What a check found. `failed`: the agent cannot answer, or not well. `warning`: it can, but somebody will miss something. */
export interface Finding {
  check: string;
  state: "ok" | "warning" | "failed" | "skipped";
  /** A sentence: what is so, and where it is not well what to do. */
  says: string;
}

export const ok = (check: string, says: string): Finding => ({ check, state: "ok", says });
export const warning = (check: string, says: string): Finding => ({ check, state: "warning", says });
export const failed = (check: string, says: string): Finding => ({ check, state: "failed", says });
export const skipped = (check: string, says: string): Finding => ({ check, state: "skipped", says });

const SIGNS = { ok: "✓", warning: "!", failed: "✗", skipped: "-" } as const;

/** Findings for people: a sign, the check, the sentence. */
export function prettyFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings.map(({ check, state, says }) => `${SIGNS[state]} ${check.padEnd(width)}  ${says}`).join("\n");
}
