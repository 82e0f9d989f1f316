import type { Deps } from "./deps.ts";

/** Receipts of a message that arrived come within minutes. */
const WATCHED_MS = 30 * 60_000;
const MOST = 1_000;

/** A message that was sent again because nobody knew whether it had arrived. */
interface Repeat {
  organizationId: string;
  chat: string;
  /** When it was first claimed. */
  since: string;
}

interface RepeatDeps extends Pick<Deps, "now"> {
  sends: Pick<Deps["sends"], "findUnmatchedReceipt">;
  /** The customer has read it twice. */
  onTwice(): void;
}

/** Finds out about messages sent twice: a receipt that belongs to no known send says that the first try had arrived after all. */
export function createRepeatWatch({ sends, now, onTwice }: RepeatDeps) {
  const watched: (Repeat & { until: number; seen?: string })[] = [];
  return {
    add(repeat: Repeat): void {
      watched.push({ ...repeat, until: now().getTime() + WATCHED_MS });
      if (watched.length > MOST) watched.shift();
    },
    async look(): Promise<void> {
      for (const repeat of [...watched]) {
        const receipt = await sends.findUnmatchedReceipt(repeat);
        const id = receipt?.providerMessageId;
        // Once is not enough: the receipt of a send that is just being settled belongs to nobody for a moment.
        const isTwice = id !== undefined && id === repeat.seen;
        if (id !== undefined) repeat.seen = id;
        if (isTwice) onTwice();
        if (isTwice || now().getTime() > repeat.until) watched.splice(watched.indexOf(repeat), 1);
      }
    },
  };
}
