/** The version of what is stored; raised with every change of the memory's shape or of a state's name. */
export const VERSION = 3;

type Stored = { context: Record<string, unknown> };

/** What turns a snapshot of a version into one of the next. */
const migrations: Record<number, (stored: Stored) => Stored> = {
  /** Appointments that exist could not be changed yet. */
  1: (stored) => ({ ...stored, context: { ...stored.context, change: null } }),
  /** What had arrived, what was asked once and which language was written was not kept. */
  2: (stored) => {
    const { context } = stored;
    const proposal = isRecord(context.proposal) ? { ...context.proposal, unseen: false } : null;
    // Asked in the middle of the upgrade: the answer is still waited for, and it is not asked a second time.
    const remindersAsked = isRecord(context.reminders);
    return { ...stored, context: { ...context, proposal, remindersAsked, nudged: false, language: null } };
  },
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** A stored snapshot in the shape of today; throws where it is none, or of a version that has no way here. */
export function migrated(stored: unknown, version: number): Stored {
  let result = stored as Stored;
  for (let from = version; from < VERSION; from += 1) {
    const migrate = migrations[from];
    if (migrate === undefined) throw new TypeError("no migration from that version");
    result = migrate(result);
  }
  return result;
}
