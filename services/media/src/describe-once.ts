import { PermanentError, RetryableError } from "@skytide/errors";
import { cleanText } from "./clean-text.ts";
import type { Known, KnownDescriptions } from "./known-descriptions.ts";
import { detectFormat } from "./media-format.ts";
import { type MediaMessage, notDescribed, type Outcome } from "./media-message.ts";

/** What the describer reads. */
interface ReadableFormat {
  kind: "audio" | "image";
  mimeType: string;
}

export interface DescribeDeps {
  known: KnownDescriptions;
  describe(
    request: ReadableFormat & { bytes: Uint8Array; signal: AbortSignal },
    /** Whose file it is. */
    of: { organizationId: string; chat: string },
  ): Promise<{ kind: "text"; text: string; truncated: boolean } | { kind: "blocked" | "empty" }>;
  /** The content was known: nobody was asked. */
  reused(): void;
  now(): Date;
}

/** How long a medium waits for the same content to be described elsewhere; then it is rather paid for twice. */
const ELSEWHERE_MS = 8_000;
const ELSEWHERE_RETRY_MS = 1_000;

/** Describes what nobody has described yet for this organization; `told` remembers where the log says it. */
export async function describeOnce(
  deps: DescribeDeps,
  task: { replay: boolean; signal: AbortSignal },
  message: MediaMessage,
  bytes: Uint8Array,
): Promise<{ outcome: Outcome; told(sequence: number): Promise<void> }> {
  const forgotten = async () => {};
  const format = readableFormat(message, bytes);
  if (format === null) return { outcome: notDescribed("unsupported"), told: forgotten };
  // An operator who gives a medium back wants it described anew. What keeps count being away must not keep the words away.
  const known: Known | null = task.replay
    ? null
    : await deps.known.find(message.org, message.id, bytes).catch(() => null);
  if (known?.kind === "told") {
    deps.reused();
    return { outcome: known.outcome, told: forgotten };
  }
  if (known?.kind === "elsewhere" && deps.now().getTime() - Date.parse(message.time) < ELSEWHERE_MS) {
    throw new RetryableError("description-under-way", "the same content is being described", {
      retryAfterMs: ELSEWHERE_RETRY_MS,
    });
  }
  const ours = known?.kind === "ours" ? known : null;
  try {
    const outcome = await describe(deps, { ...format, bytes, signal: task.signal }, message);
    return { outcome, told: async (sequence) => await ours?.told(sequence).catch(forgotten) };
  } catch (error) {
    await ours?.letGo().catch(forgotten);
    throw error;
  }
}

function readableFormat({ data }: MediaMessage, bytes: Uint8Array): ReadableFormat | null {
  const { mediaType } = data.content;
  if (mediaType === "video" || mediaType === "sticker") return null;
  const format = detectFormat(bytes);
  return format === null || format.kind === "other" ? null : { kind: format.kind, mimeType: format.mimeType };
}

async function describe(
  deps: DescribeDeps,
  request: Parameters<DescribeDeps["describe"]>[0],
  { org: organizationId, chat }: MediaMessage,
): Promise<Outcome> {
  try {
    const description = await deps.describe(request, { organizationId, chat });
    if (description.kind !== "text") return notDescribed(description.kind);
    const text = cleanText(description.text, description.truncated);
    return text === "" ? notDescribed("empty") : { kind: "described", text };
  } catch (error) {
    // The describer cannot read these bytes, now or later.
    if (error instanceof PermanentError) return notDescribed("model_failed");
    throw error;
  }
}
