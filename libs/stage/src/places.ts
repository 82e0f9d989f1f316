/** What each organization has in hand, at most so many at once. */
export interface Places {
  /** Takes a place, if need be after a moment's wait; false when none came free. In order of asking. */
  take(organizationId: string, patienceMs: number): Promise<boolean>;
  release(organizationId: string): void;
}

interface Taken {
  count: number;
  waiting: Set<() => void>;
}

/** Places of organizations, `limit` for each. */
export function createPlaces(limit: number): Places {
  const organizations = new Map<string, Taken>();
  return {
    take(organizationId, patienceMs) {
      const taken = organizations.get(organizationId) ?? { count: 0, waiting: new Set() };
      organizations.set(organizationId, taken);
      if (taken.count < limit) {
        taken.count += 1;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const given = () => {
          clearTimeout(timer);
          resolve(true);
        };
        const timer = setTimeout(() => {
          taken.waiting.delete(given);
          resolve(false);
        }, patienceMs);
        taken.waiting.add(given);
      });
    },
    release(organizationId) {
      const taken = organizations.get(organizationId);
      if (taken === undefined) return;
      const [next] = taken.waiting;
      if (next !== undefined) {
        // The place changes hands.
        taken.waiting.delete(next);
        return next();
      }
      taken.count -= 1;
      if (taken.count === 0) organizations.delete(organizationId);
    },
  };
}
