import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ConversationView } from "./conversation-types.ts";
import type { MediaLink } from "./media-files.ts";
import type { GupshupParts } from "./parts.ts";
import type { Journey } from "./receipts.ts";
import type { WebhookCall } from "./webhook-caller.ts";

/** How long changes are collected before they are written. */
const WRITE_DELAY_MS = 200;

interface Saved {
  version: 1;
  conversations: ConversationView[];
  journeys: Journey[];
  media: MediaLink[];
  calls: (Omit<WebhookCall, "app"> & { app: string })[];
}

/** Keeps the platform's state in a file, so that a restarted simulator still owes what it owed before. */
export interface SavedState {
  /** Writes what has changed since the last time. */
  flush(): void;
}

/** Loads the folder's state into the platform, goes on with its receipts and webhooks, and keeps it saved. */
export function keepState(dataDir: string, parts: GupshupParts): SavedState {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, "gupshup.json");
  const saved = read(path);
  if (saved) resume(saved, parts);

  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = undefined;
    writeFileSync(`${path}.new`, JSON.stringify(dump(parts)));
    renameSync(`${path}.new`, path);
  };
  parts.conversations.watch(() => {
    timer ??= setTimeout(flush, WRITE_DELAY_MS);
  });
  return { flush };
}

function read(path: string): Saved | undefined {
  try {
    const saved = JSON.parse(readFileSync(path, "utf8")) as Saved;
    return saved.version === 1 ? saved : undefined;
  } catch {
    // Absent or unreadable: a simulator starts empty rather than not at all.
    return undefined;
  }
}

function resume(saved: Saved, { conversations, media, receipts, caller, settings }: GupshupParts): void {
  conversations.load(saved.conversations);
  media.load(saved.media);
  for (const journey of saved.journeys) receipts.start(journey);
  for (const call of saved.calls) {
    const app = settings.apps.find((one) => one.name === call.app);
    if (app) caller.call({ ...call, app });
  }
}

function dump({ conversations, media, receipts, caller }: GupshupParts): Saved {
  return {
    version: 1,
    conversations: conversations.all(),
    journeys: receipts.unfinished(),
    media: media.dump(),
    calls: caller.pending().map((call) => ({ ...call, app: call.app.name })),
  };
}
