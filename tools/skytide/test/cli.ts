import { runCli } from "../src/run-cli.ts";

/** Runs a command line as a person would and gives what they see. */
export async function skytide(
  env: Record<string, string>,
  ...given: string[]
): Promise<{ code: number; out: string; notes: string }> {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runCli(given, {
    // A file that nobody has: the settings of this test are all there are.
    env: { SKYTIDE_DATA_DIR: "/nowhere", SKYTIDE_OPERATOR: "tester", ...env },
    signal: new AbortController().signal,
    print: (line) => void out.push(line),
    note: (line) => void notes.push(line),
  });
  return { code, out: out.join("\n"), notes: notes.join("\n") };
}
