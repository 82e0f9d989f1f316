import type { Journal } from "@skytide/coordination";
import type { ReadLimit } from "./turn-input.ts";

/** A replayed step was of another kind: the chart or the messages changed since. The turn must start over. */
export class JournalMismatchError extends Error {
  override readonly name = "JournalMismatchError";
  readonly code = "journal-mismatch";
}

/** How a turn started; the first entry of its journal. */
export interface TurnHeader {
  turnId: string;
  /** ISO; the clock of the whole turn. */
  now: string;
  limit: ReadLimit;
}

const HEADER = "turn";
const ACTING = "acting:";

/** The recorded header of a turn, or null where none began. */
export function headerOf(journal: Journal): TurnHeader | null {
  const [first] = journal.entries;
  return first?.kind === HEADER ? (first.result as TurnHeader) : null;
}

/** True when a tool that changes the world was started: such a turn is finished as it was read, never restarted. */
export function hasActed(journal: Journal): boolean {
  return journal.entries.some(({ kind }) => kind.startsWith(ACTING));
}

/** Runs the steps of one turn through its journal: what is recorded is not produced again. */
export interface TurnJournal {
  /** True once a side effect was started. */
  readonly acted: boolean;
  /** The result of a step: the recorded one, or the work's, recorded before it is returned. Throws JournalMismatchError. */
  step<T>(kind: string, work: () => Promise<T>): Promise<T>;
  /** The same for work that changes the world: the intent is recorded before the work begins. */
  act<T>(kind: string, work: () => Promise<T>): Promise<T>;
}

/** Opens the journal of a turn whose header is `header`, recording it when it is new. */
export async function createTurnJournal(journal: Journal, header: TurnHeader): Promise<TurnJournal> {
  let position = 0;
  async function step<T>(kind: string, work: () => Promise<T>): Promise<T> {
    const recorded = journal.entries[position];
    if (recorded !== undefined) {
      if (recorded.kind !== kind) throw new JournalMismatchError(`step ${position} was ${recorded.kind}, is ${kind}`);
      position += 1;
      return recorded.result as T;
    }
    const result = await work();
    await journal.append({ kind, result: result ?? null });
    position += 1;
    return result;
  }

  await step(HEADER, async () => header);
  return {
    get acted() {
      return hasActed(journal);
    },
    step,
    async act(kind, work) {
      await step(`${ACTING}${kind}`, async () => null);
      return step(kind, work);
    },
  };
}
