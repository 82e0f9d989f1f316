import type { ConversationEvent, MediaDescribed, MessageContent, MessageReceived } from "@skytide/events";

type MediaContent = Extract<MessageContent, { kind: "media" }>;

/** A message that holds a medium. */
export type MediaMessage = MessageReceived & { data: { content: MediaContent } };
export type Outcome = MediaDescribed["data"]["outcome"];
export type Reason = Extract<Outcome, { kind: "not_described" }>["reason"];
/** How metrics tell media apart. */
export type Kind = "audio" | "image" | "other";

/** The message with its medium; null where the event is none. */
export function mediaMessageOf(event: ConversationEvent | undefined): MediaMessage | null {
  return event?.type === "message.received" && event.data.content.kind === "media" ? (event as MediaMessage) : null;
}

/** How metrics count this medium. */
export function kindOf({ data }: MediaMessage): Kind {
  const { mediaType } = data.content;
  return mediaType === "audio" || mediaType === "image" ? mediaType : "other";
}

/** There are no words, for this reason. */
export function notDescribed(reason: Reason): Outcome {
  return { kind: "not_described", reason };
}
