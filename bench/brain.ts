// npm run bench:brain: what a turn costs without model and database, beside LangGraph.js doing the same dialogue.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Measured } from "./brain/measure.ts";
import { brainPage, type Comparison, verdict } from "./brain/report.ts";

const run = promisify(execFile);
const here = import.meta.dirname;
const DIALOGUES = 500;
/** Each side is measured so often, in turns, and its best round counts: what else the machine does only ever adds. */
const ROUNDS = 3;

async function measured(side: string): Promise<Measured> {
  const { stdout } = await run(process.execPath, [join(here, side), String(DIALOGUES)]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Measured;
}

const best = (rounds: readonly Measured[]) =>
  rounds.reduce((one, other) => (other.cpuMicrosecondsPerTurn < one.cpuMicrosecondsPerTurn ? other : one));

if (!existsSync(join(here, "langgraph", "node_modules"))) {
  console.log("LangGraph.js: installing it, for this comparison alone …");
  await run("npm", ["ci", "--no-audit", "--no-fund", "--prefix", join(here, "langgraph")]);
}
const skytide: Measured[] = [];
const langgraph: Measured[] = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  console.log(`Round ${round} of ${ROUNDS} …`);
  skytide.push(await measured("brain/skytide-side.ts"));
  langgraph.push(await measured("langgraph/side.js"));
}
const { devDependencies } = JSON.parse(await readFile(join(here, "langgraph", "package.json"), "utf8"));
const comparison: Comparison = {
  skytide: best(skytide),
  langgraph: best(langgraph),
  langgraphVersion: devDependencies["@langchain/langgraph"],
  node: process.version,
  machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
  load: loadavg()[0] ?? 0,
};
console.log(verdict(comparison));
await writeFile(join(here, "..", "docs", "benchmarks", "brain.md"), brainPage(comparison));
