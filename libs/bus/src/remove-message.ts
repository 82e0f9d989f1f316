import { API_ERROR, fromApiError } from "./bus-error.ts";
import type { JetStream } from "./jetstream.ts";

const GONE: readonly number[] = [API_ERROR.messageNotFound, API_ERROR.sequenceNotFound, API_ERROR.deleteFailed];

/** Removes one message. Without `no_erase` the server writes random bytes over it before it forgets it. */
export async function removeMessage(jetStream: JetStream, stream: string, sequence: number): Promise<void> {
  const answer = await jetStream.call(`STREAM.MSG.DELETE.${stream}`, { seq: sequence });
  if (answer.kind === "error" && !GONE.includes(answer.code)) throw fromApiError(answer);
}
