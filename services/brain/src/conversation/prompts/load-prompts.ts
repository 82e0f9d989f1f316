import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The words that a model is told once and for all, as one version of them. */
export interface Prompts {
  /** The folder's name; traces and `turn.completed` carry it. */
  readonly version: string;
  /** For saying what the customer means. */
  readonly decide: string;
  /** For phrasing an answer from passages. */
  readonly answer: string;
}

export interface PromptLibrary {
  readonly newest: Prompts;
  readonly versions: readonly string[];
  /** Null where this process has no such version. */
  find(version: string): Prompts | null;
}

/** Reads the versions of the prompts: a folder each, with `decide.md` and `answer.md`. The last name in order is the newest. */
export function loadPrompts(folder: string): PromptLibrary {
  const versions = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const library = new Map(versions.map((version) => [version, readVersion(folder, version)]));
  const newest = library.get(versions.at(-1) ?? "");
  if (newest === undefined) throw new Error("there is no version of the prompts");
  return { newest, versions, find: (version) => library.get(version) ?? null };
}

function readVersion(folder: string, version: string): Prompts {
  const words = (name: string) => readFileSync(join(folder, version, `${name}.md`), "utf8").trim();
  return { version, decide: words("decide"), answer: words("answer") };
}
