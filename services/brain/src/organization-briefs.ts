import type { OrganizationBrief, Store } from "@skytide/store";
import type { Logger } from "@skytide/telemetry";

interface BriefsDeps {
  list: Store["listOrganizationSettings"];
  refreshMs: number;
  log: Logger;
}

/** The few settings of every organization that are wanted before there is a turn, in memory. */
export interface OrganizationBriefs extends Disposable {
  of(organizationId: string): OrganizationBrief | undefined;
  /** Resolves when the settings were read once, or could not be. */
  readonly first: Promise<void>;
}

/** Reads the settings now and what changed again and again; while the database is away, the last good copy serves. */
export function keepBriefs({ list, refreshMs, log }: BriefsDeps): OrganizationBriefs {
  const briefs = new Map<string, OrganizationBrief>();
  let since: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isFailing = false;
  let isStopped = false;

  async function read(): Promise<void> {
    try {
      const { asOf, organizations } = await list(since);
      for (const brief of organizations) briefs.set(brief.organizationId, brief);
      since = asOf;
      isFailing = false;
    } catch (error) {
      // Once per outage, not once per try.
      if (!isFailing) log.error("organization-settings-not-read", error);
      isFailing = true;
    }
    if (!isStopped) timer = setTimeout(read, refreshMs);
  }

  const first = read();
  return {
    first,
    of: (organizationId) => briefs.get(organizationId),
    [Symbol.dispose]: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
