import type { Journal, JournalEntry, Journals, Leases } from "@skytide/coordination";

/** Leases and journals in memory: they outlive the turn that crashes in a test, as the real ones outlive a process. */
export function memoryCoordination(onAppend: (entry: JournalEntry) => void = () => {}): {
  leases: Leases;
  journals: Journals;
} {
  const held = new Set<string>();
  const journals = new Map<string, JournalEntry[]>();
  return {
    leases: {
      async acquire(key) {
        if (held.has(key)) return null;
        held.add(key);
        return { lost: new AbortController().signal, release: async () => void held.delete(key) };
      },
    },
    journals: {
      async open(turnKey): Promise<Journal> {
        const entries = journals.get(turnKey) ?? [];
        journals.set(turnKey, entries);
        return {
          entries,
          async append(entry) {
            entries.push(JSON.parse(JSON.stringify(entry)));
            onAppend(entry);
          },
          drop: async () => void journals.delete(turnKey),
        };
      },
    },
  };
}
