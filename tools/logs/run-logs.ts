import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type Asked, HELP, parseAsked } from "./arguments.ts";
import { inOrder } from "./in-order.ts";
import { type LogLine, PLAIN, parseLine } from "./log-line.ts";
import { prettyLine } from "./pretty-line.ts";
import { chooseSource, type Source } from "./source.ts";

/** Where it runs. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  print(line: string): void;
  note(line: string): void;
  color: boolean;
}

/** Runs one command line of logs.sh; resolves with the exit code when the source ends: 0 well, 1 it failed, 2 called wrongly. */
export async function runLogs(given: string[], { env, print, note, color }: Surroundings): Promise<number> {
  const asked = parseAsked(given);
  if (asked === "help") {
    print(HELP);
    return 0;
  }
  if ("wrong" in asked) {
    note(`logs.sh: ${asked.wrong}\nMore: ./logs.sh --help`);
    return 2;
  }
  const source = chooseSource({ ...asked, stages: asked.service.stages }, env);
  if (typeof source === "string") {
    note(source);
    return 1;
  }
  note(`${source.name}, since ${asked.since}${asked.follow ? ", Ctrl-C ends" : ""}`);
  const ordered = inOrder((line) => print(asked.json ? line.raw : prettyLine(line, color)));
  let lastTime = new Date().toISOString();
  const code = await readSource(source, { env, note }, (text) => {
    const line = parseLine(text, lastTime);
    lastTime = line?.time ?? lastTime;
    if (line !== null && isWanted(line, asked, source)) ordered.take(line);
  });
  ordered.flush();
  return code;
}

function isWanted(line: LogLine, { service, filter, sinceMs, json }: Asked, { cutsNothing }: Source): boolean {
  if (!service.shows(line) || (json && line.event === PLAIN)) return false;
  if (cutsNothing && Date.parse(line.time) < Date.now() - sinceMs) return false;
  return filter === undefined || filter.test(line.raw) || filter.test(prettyLine(line, false));
}

/** Its complaints go where ours go; Ctrl-C reaches it as it reaches us. */
function readSource(
  { command, given }: Source,
  { env, note }: Pick<Surroundings, "env" | "note">,
  onLine: (text: string) => void,
): Promise<number> {
  const child = spawn(command, given, { env, stdio: ["ignore", "pipe", "inherit"] });
  createInterface({ input: child.stdout }).on("line", onLine);
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      note(error.code === "ENOENT" ? `${command} is not installed here.` : error.message);
      resolve(1);
    });
    child.once("close", (code, signal) => resolve(signal === null && code !== 0 ? 1 : 0));
  });
}
