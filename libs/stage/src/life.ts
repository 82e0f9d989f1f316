/** What a consumer's loop shows of itself. */
export interface LifeSigns {
  /** It has free places, may pull and is connected, so the server owes it a word every few seconds. */
  listening: boolean;
  /** Since the server last said something to it. */
  heardMsAgo: number;
  inHand: number;
  concurrency: number;
  /** Since a handler last began or ended. */
  movedMsAgo: number;
}

/** The server beats every 2 s while a pull is open, and a pull that is not answered is repeated after 5 s. */
const SILENT_MS = 60_000;
/** Far beyond the longest turn: whoever has all places for so long will not come back. */
const STUCK_MS = 20 * 60_000;

/** Why a loop counts as dead; null while it lives. What is away (the server, the database) does not kill it. */
export function deathOf(signs: LifeSigns): string | null {
  if (signs.listening && signs.heardMsAgo > SILENT_MS) return "the server has not answered its pulls";
  const full = signs.inHand >= signs.concurrency;
  if (full && signs.movedMsAgo > STUCK_MS) return "no handler has ended";
  return null;
}
