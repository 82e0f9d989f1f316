import { PermanentError, RetryableError } from "@skytide/errors";
import { type ConversationEvent, createEvent, derivedEventId, type MediaDescribed } from "@skytide/events";
import { type DescribeDeps, describeOnce } from "./describe-once.ts";
import { labelOf } from "./label.ts";
import { detectFormat, UNKNOWN_FORMAT } from "./media-format.ts";
import {
  type Kind,
  kindOf,
  type MediaMessage,
  mediaMessageOf,
  notDescribed,
  type Outcome,
  type Reason,
} from "./media-message.ts";

/** What is known of the file beside its description. */
type FileFacts = Pick<MediaDescribed["data"], "label" | "mimeType" | "sizeBytes" | "storedPath">;
type Result = FileFacts & { outcome: Outcome };

export interface Deps {
  download(
    url: string,
    signal: AbortSignal,
  ): Promise<{ kind: "file"; bytes: Uint8Array } | { kind: "expired" | "refused" | "too_large" }>;
  store: {
    beginMedia(of: {
      organizationId: string;
      chat: string;
      platform: "whatsapp";
      platformUserId: string;
    }): Promise<{ chatIdentityId: string }>;
    uploadMedia(file: { path: string; bytes: Uint8Array; mimeType: string }): Promise<{ path: string }>;
  };
  describe: DescribeDeps["describe"];
  known: DescribeDeps["known"];
  publish(event: MediaDescribed): Promise<{ sequence: number }>;
  observe: {
    fetched(kind: Kind, sizeBytes: number): void;
    /** The content was known: nobody was asked. */
    reused(kind: Kind): void;
    ended(job: { event: MediaDescribed; kind: Kind; startedAt: Date }): void;
  };
  now(): Date;
}

/** What the handler needs of a delivered message. */
export interface Task {
  event: ConversationEvent | undefined;
  /** An operator gave it back. */
  replay: boolean;
  signal: AbortSignal;
}

/**
 * The stage's rule: every medium that a customer sent gets one `media.described`, with a text or with why there is none. What
 * cannot succeed says so at once; what may pass is thrown to be tried again, and `giveUp` says so when its time is over.
 */
export function createHandler(deps: Deps) {
  async function end(task: Task, message: MediaMessage, startedAt: Date, result: Result): Promise<number> {
    const event = toMediaDescribed(message, result, { replay: task.replay, time: deps.now() });
    const { sequence } = await deps.publish(event);
    deps.observe.ended({ event, kind: kindOf(message), startedAt });
    return sequence;
  }

  return {
    async handle(task: Task): Promise<"ok" | "skipped"> {
      const message = mediaMessageOf(task.event);
      if (message === null) return "skipped";
      const startedAt = deps.now();
      const file = await deps.download(message.data.content.url, task.signal);
      if (file.kind !== "file") {
        await end(task, message, startedAt, { outcome: notDescribed(REASON_OF[file.kind]) });
        return "ok";
      }
      deps.observe.fetched(kindOf(message), file.bytes.byteLength);
      const kept = await keep(deps, message, file.bytes);
      const { outcome, told } = await describeOnce(
        { ...deps, reused: () => deps.observe.reused(kindOf(message)) },
        task,
        message,
        file.bytes,
      );
      const label = outcome.kind === "described" ? {} : { label: labelFor(message, file.bytes) };
      await told(await end(task, message, startedAt, { outcome, ...label, ...kept }));
      return "ok";
    },

    /** The last word on a medium whose time is over: the conversation goes on without its text. */
    async giveUp(task: Task, error: unknown): Promise<void> {
      const message = mediaMessageOf(task.event);
      if (message === null) return;
      const startedAt = deps.now();
      const reason = reasonOf(error);
      // Where only the description failed, the staff shall still find the file.
      const kept = reason === "download_failed" ? {} : await fetchAndKeep(deps, message, task.signal).catch(() => ({}));
      await end(task, message, startedAt, { outcome: notDescribed(reason), ...kept });
    },
  };
}

function labelFor({ data }: MediaMessage, bytes: Uint8Array): string {
  const { mediaType, fileName } = data.content;
  const { extension } = detectFormat(bytes) ?? UNKNOWN_FORMAT;
  return labelOf({ mediaType, extension, sizeBytes: bytes.byteLength, fileName });
}

const REASON_OF = { expired: "expired", refused: "download_failed", too_large: "too_large" } as const;

/** Stores our copy, under a name that is the same on every attempt. What is not what it says it is gets no place. */
async function keep(deps: Deps, message: MediaMessage, bytes: Uint8Array): Promise<FileFacts> {
  const format = detectFormat(bytes) ?? UNKNOWN_FORMAT;
  const facts = { mimeType: format.mimeType, sizeBytes: bytes.byteLength };
  if (format === UNKNOWN_FORMAT && message.data.content.mediaType !== "file") return facts;
  const { org, chat, id, data } = message;
  const { chatIdentityId } = await deps.store.beginMedia({
    organizationId: org,
    chat,
    platform: data.platform,
    platformUserId: data.customer.platformUserId,
  });
  const path = `${org}/${chatIdentityId}/${id}.${format.extension}`;
  await deps.store.uploadMedia({ path, bytes, mimeType: format.mimeType });
  return { ...facts, storedPath: path };
}

async function fetchAndKeep(deps: Deps, message: MediaMessage, signal: AbortSignal): Promise<FileFacts> {
  const file = await deps.download(message.data.content.url, signal);
  return file.kind === "file" ? await keep(deps, message, file.bytes) : {};
}

/** Which step a given-up error comes from, by its code's first word: the description, else fetching or keeping the file. */
function reasonOf(error: unknown): Reason {
  const code = error instanceof RetryableError || error instanceof PermanentError ? error.code : "";
  if (code === "description-under-way") return "timeout";
  if (!code.startsWith("gemini-")) return "download_failed";
  return code === "gemini-timeout" ? "timeout" : "model_failed";
}

/** The id follows from the message's, so that the same end twice is one event; a replay may say something new. */
function toMediaDescribed(message: MediaMessage, result: Result, of: { replay: boolean; time: Date }): MediaDescribed {
  return createEvent({
    type: "media.described",
    id: derivedEventId(message.id, "media.described", ...(of.replay ? ["replay"] : [])),
    source: "media",
    time: of.time,
    organizationId: message.org,
    chat: message.chat,
    traceparent: message.traceparent,
    data: { messageId: message.id, ...result },
  });
}
