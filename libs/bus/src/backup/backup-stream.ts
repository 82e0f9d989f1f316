import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { Msg } from "nats";
import { unavailable } from "../bus-error.ts";
import { jetStreamOf } from "../internals.ts";
import { numberIn, objectIn, orThrow } from "../jetstream.ts";
import { createMessageQueue } from "../message-queue.ts";
import type { Bus } from "../types.ts";

/** The names that `nats stream backup` gives its files, so that either tool can restore what the other one kept. */
export const BACKUP_FILES = { meta: "backup.json", data: "stream.tar.s2" } as const;

/** What was kept of a stream. */
export interface StreamBackup {
  stream: string;
  messages: number;
  lastSequence: number;
  bytes: number;
}

const CHUNK_BYTES = 128 * 1024;
/** The server gives a snapshot up when a chunk is not acknowledged for so long; so do we when none comes. */
const CHUNK_WITHIN_MS = 10_000;

/** Writes a snapshot of a stream, its consumers included, into a folder while everybody goes on working. */
export async function backupStream(bus: Bus, stream: string, folder: string): Promise<StreamBackup> {
  const jetStream = jetStreamOf(bus);
  const { connection } = jetStream;
  await mkdir(folder, { recursive: true });
  const inbox = connection.newInbox();
  const chunks = createMessageQueue<Msg>();
  let silence: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => chunks.fail(unavailable()), CHUNK_WITHIN_MS);
  };
  const subscription = connection.nats.subscribe(inbox, {
    callback: (error, message) => {
      heard();
      if (error) chunks.fail(error);
      else chunks.push(message);
    },
  });
  const file = createWriteStream(join(folder, BACKUP_FILES.data));
  try {
    heard();
    const asked = { deliver_subject: inbox, chunk_size: CHUNK_BYTES, jsck: true };
    const { config, state } = orThrow(await jetStream.call(`STREAM.SNAPSHOT.${stream}`, asked));
    let bytes = 0;
    for await (const chunk of chunks) {
      if (chunk.data.length === 0) {
        // 204 is the end; anything else says why there is none.
        if ((chunk.headers?.code ?? 204) !== 204) throw unavailable();
        break;
      }
      bytes += chunk.data.length;
      if (!file.write(chunk.data)) await once(file, "drain");
      chunk.respond();
    }
    await writeFile(join(folder, BACKUP_FILES.meta), JSON.stringify({ config, state }, null, 2));
    const facts = objectIn({ state }, "state");
    return { stream, messages: numberIn(facts, "messages"), lastSequence: numberIn(facts, "last_seq"), bytes };
  } finally {
    clearTimeout(silence);
    subscription.unsubscribe();
    file.end();
    await finished(file);
  }
}
