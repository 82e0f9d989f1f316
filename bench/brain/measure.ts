/** What one side of the comparison took. */
export interface Measured {
  turns: number;
  wallMicrosecondsPerTurn: number;
  cpuMicrosecondsPerTurn: number;
  /** What is kept of a conversation between two turns: the largest, and the one at the end. */
  largestStateBytes: number;
  lastStateBytes: number;
}

/** Plays one dialogue from its beginning and gives the bytes of state after each turn. */
export type PlayDialogue = () => Promise<number[]>;

/** Dialogues that are not counted: code is compiled, shapes settle. */
const WARM_UP = 100;

/** Plays the dialogue over and over and gives the mean cost of a turn; CPU is this process's with all its threads. */
export async function measureDialogues(play: PlayDialogue, dialogues: number): Promise<Measured> {
  for (let n = 0; n < WARM_UP; n += 1) await play();
  const states: number[][] = [];
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  for (let n = 0; n < dialogues; n += 1) states.push(await play());
  const [tookMs, { user, system }] = [performance.now() - began, process.cpuUsage(cpu)];
  const turns = states.flat().length;
  return {
    turns,
    wallMicrosecondsPerTurn: (tookMs * 1_000) / turns,
    cpuMicrosecondsPerTurn: (user + system) / turns,
    largestStateBytes: Math.max(...states.flat()),
    lastStateBytes: states.at(-1)?.at(-1) ?? 0,
  };
}
