import { createHash } from "node:crypto";
import type { Journals } from "@skytide/coordination";
import { derivedEventId, randomEventId } from "@skytide/events";
import { z } from "zod";

const answerSchema = z.object({
  /** What the agent says; empty while it is off. */
  response: z.string(),
  /** False while a person has the conversation, or the organization or the fleet has switched the agent off. */
  botEnabled: z.boolean(),
});
export type InvokeAnswer = z.infer<typeof answerSchema>;

const keptSchema = z.object({ digest: z.string(), answer: answerSchema });

interface Asked {
  organizationId: string;
  chat: string;
  message: string;
  idempotencyKey: string | null;
}

export type OpenAnswer =
  | {
      kind: "open";
      /** Names the message among those that the conversation has taken in. */
      id: string;
      /** What an earlier try was about to answer; it counts once the conversation has taken the message in. */
      given: InvokeAnswer | null;
      /** Keeps the answer for a repeated request, before the turn is committed. */
      keep(answer: InvokeAnswer): Promise<void>;
    }
  | { kind: "other_message" };

/** The place of an answer that any replica can give again: for as long as journals live, an hour. */
export async function openAnswer(journals: Pick<Journals, "open">, asked: Asked): Promise<OpenAnswer> {
  const { organizationId, chat, message, idempotencyKey } = asked;
  if (idempotencyKey === null) return { kind: "open", id: randomEventId(), given: null, keep: async () => {} };
  const id = derivedEventId("invoke", organizationId, chat, idempotencyKey);
  const journal = await journals.open(`${organizationId}.${chat}.invoke-${id}`);
  const digest = createHash("sha256").update(message).digest("base64url");
  const last = keptSchema.safeParse(journal.entries.at(-1)?.result);
  if (last.success && last.data.digest !== digest) return { kind: "other_message" };
  return {
    kind: "open",
    id,
    given: last.success ? last.data.answer : null,
    keep: async (answer) => journal.append({ kind: "answer", result: { digest, answer } }),
  };
}
