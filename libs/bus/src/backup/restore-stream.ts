import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PermanentError } from "@skytide/errors";
import { jetStreamOf } from "../internals.ts";
import { numberIn, objectIn, orThrow } from "../jetstream.ts";
import type { Bus } from "../types.ts";
import { BACKUP_FILES } from "./backup-stream.ts";

/** What stands on the server after a restore. */
export interface RestoredStream {
  stream: string;
  messages: number;
  lastSequence: number;
}

const CHUNK_BYTES = 128 * 1024;
const CHUNK_WITHIN_MS = 10_000;
/** The server unpacks and checks everything before it answers the last chunk. */
const END_WITHIN_MS = 120_000;

/** Brings a stream back with its consumers. Throws when the server has one of that name: nothing is ever written over. */
export async function restoreStream(bus: Bus, folder: string): Promise<RestoredStream> {
  const jetStream = jetStreamOf(bus);
  const { nats } = jetStream.connection;
  const meta = JSON.parse(await readFile(join(folder, BACKUP_FILES.meta), "utf8")) as Record<string, unknown>;
  const stream = String(objectIn(meta, "config").name);
  const begun = orThrow(await jetStream.call(`STREAM.RESTORE.${stream}`, { config: meta.config, state: meta.state }));
  const target = String(begun.deliver_subject);
  const file = await open(join(folder, BACKUP_FILES.data));
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      const reply = await nats.request(target, buffer.slice(0, bytesRead), { timeout: CHUNK_WITHIN_MS });
      // An empty answer asks for more.
      if (reply.data.length > 0) refuseProblems(reply.json());
    }
  } finally {
    await file.close();
  }
  const ended = (await nats.request(target, "", { timeout: END_WITHIN_MS })).json() as Record<string, unknown>;
  refuseProblems(ended);
  const state = objectIn(ended, "state");
  return { stream, messages: numberIn(state, "messages"), lastSequence: numberIn(state, "last_seq") };
}

function refuseProblems(answer: unknown): void {
  const error = objectIn(answer as Record<string, unknown>, "error");
  if (error.description === undefined) return;
  throw new PermanentError("restore-refused", `The server refused the restore: ${String(error.description)}.`);
}
