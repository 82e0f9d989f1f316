import { createHash } from "node:crypto";
import { type ConversationEvent, type MediaDescribed, parseEvent } from "@skytide/events";
import { z } from "zod";

/** A process that asks the describer has its answer or is gone by then. */
const ASKING_MS = 60_000;

const recordSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("asked"), by: z.string(), at: z.iso.datetime() }),
  z.object({ state: z.literal("described"), sequence: z.number().int().positive() }),
]);
type Record = z.infer<typeof recordSchema>;

interface Bucket {
  get(key: string): Promise<{ revision: number; value: unknown } | null>;
  create(key: string, value: unknown): Promise<number | null>;
  update(key: string, value: unknown, revision: number): Promise<number | null>;
  remove(revision: number): Promise<void>;
}

/** What is known of a file's content: told before, being told elsewhere, or ours to find out. */
export type Known =
  | { kind: "told"; outcome: MediaDescribed["data"]["outcome"] }
  | { kind: "elsewhere" }
  /** End it with what the log says, or let go of it. */
  | { kind: "ours"; told(sequence: number): Promise<void>; letGo(): Promise<void> };

/** Remembers which event told what an organization's file holds. */
export interface KnownDescriptions {
  find(organizationId: string, messageId: string, bytes: Uint8Array): Promise<Known>;
}

interface Deps {
  bucket: Bucket;
  /** The event at a sequence of the log; null when it is gone. */
  readEvent(sequence: number): Promise<unknown>;
  now(): Date;
}

/**
 * The same content is described once per organization, whichever replica meets it: the bucket holds where on the log its
 * description stands, never the words, so that what is erased there is forgotten here.
 */
export function createKnownDescriptions({ bucket, readEvent, now }: Deps): KnownDescriptions {
  const write = (key: string, value: Record, revision: number) =>
    revision === 0 ? bucket.create(key, value) : bucket.update(key, value, revision);

  async function claim(key: string, messageId: string, revision: number): Promise<Known> {
    const claimed = await write(key, { state: "asked", by: messageId, at: now().toISOString() }, revision);
    if (claimed === null) return { kind: "elsewhere" };
    return {
      kind: "ours",
      told: async (sequence) => void (await write(key, { state: "described", sequence }, claimed)),
      letGo: () => bucket.remove(claimed),
    };
  }

  return {
    async find(organizationId, messageId, bytes) {
      const key = `${organizationId}.${createHash("sha256").update(bytes).digest("hex")}`;
      const entry = await bucket.get(key);
      const record = recordSchema.safeParse(entry?.value).data;
      if (record?.state === "described") {
        const event = await readEvent(record.sequence);
        const outcome = outcomeOf(event, organizationId);
        if (outcome !== null) return { kind: "told", outcome };
      }
      const asking = record?.state === "asked" && now().getTime() - Date.parse(record.at) < ASKING_MS;
      // Its own process has died with it.
      if (asking && record.by !== messageId) return { kind: "elsewhere" };
      return await claim(key, messageId, entry?.revision ?? 0);
    },
  };
}

function outcomeOf(json: unknown, organizationId: string): MediaDescribed["data"]["outcome"] | null {
  const parsed = json === null ? null : parseEvent(json);
  const event: ConversationEvent | null = parsed?.kind === "event" ? parsed.event : null;
  return event?.type === "media.described" && event.org === organizationId ? event.data.outcome : null;
}
