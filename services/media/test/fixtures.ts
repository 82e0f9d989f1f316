import type { Bus } from "@skytide/bus";
import type { MediaDescribed, MediaType } from "@skytide/events";
import {
  newConversation,
  STAGE_ENV,
  type StageProcess,
  startStage,
  type TestConversation,
  until,
  test as withLog,
} from "@skytide/testing";
import { received } from "./messages.ts";
import { type Outside, startOutside } from "./outside.ts";

/** vitest's `test` with a log and everything else that media speaks with. */
export const test = withLog.extend(
  "outside",
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  async ({}: object, { onCleanup }) => {
    const outside = await startOutside();
    onCleanup(() => outside.stop());
    return outside;
  },
);

export const MAIN = new URL("../src/main.ts", import.meta.url);
export const HASH_KEYS = STAGE_ENV.CHAT_HASH_KEYS;

/** The settings of a stage that meets nobody but the test. */
export const envOf = (natsUrl: string, outside: Outside) => ({
  NATS_URL: natsUrl,
  DRAIN_MS: "10000",
  SUPABASE_URL: outside.url,
  SUPABASE_SERVICE_ROLE_KEY: "service-role-key",
  GEMINI_API_KEY: "gemini-key",
  GEMINI_BASE_URL: outside.url,
  GEMINI_MODEL: "gemini-flash",
  MEDIA_ALLOWED_HOSTS: outside.url,
});

/** Starts the stage and waits until it is ready. */
export async function startMedia(
  natsUrl: string,
  outside: Outside,
  env: Record<string, string> = {},
): Promise<StageProcess> {
  return await startStage(MAIN, { ...envOf(natsUrl, outside), ...env });
}

interface Sent {
  conversation: TestConversation;
  id: string;
  /** The file as Gemini gets it. */
  data: string;
}

/** A customer sends a file that holds these words; its host has it under a path that nobody may read in a log. */
export async function send(
  bus: Bus,
  outside: Outside,
  words: string,
  mediaType: MediaType = "audio",
  conversation: TestConversation = newConversation(),
): Promise<Sent> {
  const id = `k1_${crypto.randomUUID()}`;
  const bytes = Buffer.from(`OggS${words}`);
  outside.files.set(`/media/${id}/geheimnis`, bytes);
  const url = `${outside.url}/media/${id}/geheimnis`;
  const content = { kind: "media", mediaType, url, mimeType: "audio/ogg; codecs=opus" } as const;
  await bus.publish({ ...received(content, id), ...addressOf(conversation), time: new Date().toISOString() });
  return { conversation, id, data: bytes.toString("base64") };
}

/** The envelope of an event in that conversation. */
export function addressOf({ organizationId, chat }: TestConversation) {
  return { org: organizationId, chat, subject: `conv.${organizationId}.${chat}.inbound` };
}

/** What the conversation was told about its media. */
export async function describedOf(
  bus: Bus,
  { conversation }: Pick<Sent, "conversation">,
): Promise<MediaDescribed["data"][]> {
  const { inbound } = await bus.readConversation(conversation);
  return inbound.flatMap(({ event }) => (event.type === "media.described" ? [event.data] : []));
}

/** Waits until the conversation has its description. */
export async function untilDescribed(bus: Bus, sent: Sent): Promise<MediaDescribed["data"]> {
  return await until(async () => {
    const [described] = await describedOf(bus, sent);
    if (!described) throw new Error("not described yet");
    return described;
  });
}
