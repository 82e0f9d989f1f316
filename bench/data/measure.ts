import type { SqlEngine, SqlSession } from "@skytide/embedded";
import type { Case, Statement } from "./cases.ts";

export interface Measured {
  name: string;
  rounds: number;
  medianMs: number;
  /** Nine of ten rounds took at most this long. */
  slowMs: number;
  bareMs: number;
  ratio: number;
}

/** Rounds that are not counted: caches fill, plans are made. */
const WARM_UP = 6;

/** Times a function and its bare SQL in turns, so that what else the machine does falls on both. */
export async function measure(engine: SqlEngine, { name, rounds, call, bare }: Case): Promise<Measured> {
  const called: number[] = [];
  const plain: number[] = [];
  await engine.session(async (session) => {
    // Prepared, as a function's own statements are: neither side plans at every call.
    await session.script(`deallocate all; prepare called as ${call(0).sql}; prepare bare as ${bare(0).sql}`);
    for (let round = 0; round < rounds + WARM_UP; round += 1) {
      const times = [await time(session, "called", call(round)), await time(session, "bare", bare(round))] as const;
      if (round < WARM_UP) continue;
      called.push(times[0]);
      plain.push(times[1]);
    }
  });
  const [medianMs, bareMs] = [quantile(called, 0.5), quantile(plain, 0.5)];
  return { name, rounds, medianMs, slowMs: quantile(called, 0.9), bareMs, ratio: medianMs / bareMs };
}

async function time(session: SqlSession, name: string, { parameters }: Statement): Promise<number> {
  const execute = `execute ${name}(${parameters.map((value) => `'${value.replaceAll("'", "''")}'`).join(", ")})`;
  const began = performance.now();
  const [result] = await session.script(execute);
  const took = performance.now() - began;
  // A refusal is quick: it must not pass for the work.
  const [answer] = Object.values(result?.rows[0] ?? {});
  if (typeof answer === "object" && answer !== null && "ok" in answer && answer.ok !== true) {
    throw new Error(`Refused: ${JSON.stringify(answer).slice(0, 200)}`);
  }
  return took;
}

function quantile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}
