import type { ConversationEvent } from "@skytide/events";
import { z } from "zod";
import type { Rpc } from "./rpc.ts";

const recordedSchema = z.object({
  /** Events that changed something. */
  recorded: z.number().int(),
  /** Events that had been recorded before, or that leave no record. */
  duplicates: z.number().int(),
});
export type Recorded = z.infer<typeof recordedSchema>;

export interface Records {
  /** Writes a batch of log events to `chat_identities` and `chat_messages`; any order and any repetition ends in the same rows. */
  recordEvents(events: readonly ConversationEvent[]): Promise<Recorded>;
}

const recordedTypes = new Set<ConversationEvent["type"]>([
  "message.received",
  "media.described",
  "message.deleted",
  "reply.sent",
  "reply.accepted",
  "reply.delivered",
  "reply.read",
  "reply.failed",
  "reply.echoed",
]);

/** What the function needs of an event; the rest of the envelope is not stored. */
function toRecord(event: ConversationEvent) {
  return { id: event.id, type: event.type, org: event.org, chat: event.chat, time: event.time, data: event.data };
}

/** The functions of the recorder. */
export function createRecords(rpc: Rpc, url: string): Records {
  const mediaBaseUrl = `${url.replace(/\/+$/, "")}/storage/v1/object/public/chat-media/`;
  return {
    async recordEvents(events) {
      const kept = events.filter((event) => recordedTypes.has(event.type));
      const skipped = events.length - kept.length;
      if (kept.length === 0) return { recorded: 0, duplicates: skipped };
      const { recorded, duplicates } = await rpc.call(
        "record_events",
        { p_events: kept.map(toRecord), p_media_base_url: mediaBaseUrl },
        recordedSchema,
      );
      return { recorded, duplicates: duplicates + skipped };
    },
  };
}
