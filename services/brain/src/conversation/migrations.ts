/** The version of what is stored; raised with every change of the memory's shape or of a state's name. */
export const VERSION = 2;

type Stored = { context: Record<string, unknown> };

/** What turns a snapshot of a version into one of the next. */
const migrations: Record<number, (stored: Stored) => Stored> = {
  /** Appointments that exist could not be changed yet. */
  1: (stored) => ({ ...stored, context: { ...stored.context, change: null } }),
};

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
