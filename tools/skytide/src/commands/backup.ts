import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { backupStream, restoreStream, STREAM_NAMES, skipSequences } from "@skytide/bus";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { isConfirmed, type Shell, type WithShell } from "../shell.ts";
import { table } from "../table.ts";
import { positive } from "../values.ts";

interface RestoreOptions {
  past?: number;
  yes?: boolean;
}

/** `skytide backup|restore <folder>`: the streams of the log with their consumers, in the files of `nats stream backup`. */
export function registerBackup(program: Command, withShell: WithShell): void {
  program
    .command("backup")
    .summary("copies the streams of the log to a folder")
    .description(
      `Writes a snapshot of ${STREAM_NAMES.join(", ")} with their consumers, one folder each, while the fleet works.\nThe files are those of "nats stream backup". They hold customers' words: keep them as you keep the database's.`,
    )
    .argument("<folder>", "a new folder")
    .action(withShell(backup));
  program
    .command("restore")
    .summary("brings the streams of a backup back")
    .description(
      "Restores every stream that the folder holds onto a server that has none of them. Stop all stages before;\nwhat to do around it, and after it, is in docs/backup.md.",
    )
    .argument("<folder>", "what skytide backup, or nats stream backup, wrote")
    .option("--past <sequence>", 'the log goes on behind it; "skytide reconcile" says behind which', positive)
    .option("--yes", "does it")
    .action(withShell(restore));
}

async function backup(shell: Shell, folder: string): Promise<void> {
  if ((await readdir(folder).catch(() => [])).length > 0)
    throw new CliError(`${folder} is not empty: name a new folder.`);
  const bus = await shell.bus();
  const done = [];
  for (const stream of STREAM_NAMES) {
    shell.note(`${stream} …`);
    done.push(await backupStream(bus, stream, join(folder, stream)));
  }
  shell.show(done, (streams) =>
    table(
      ["stream", "messages", "last sequence", "bytes"],
      streams.map(({ stream, messages, lastSequence, bytes }) => [stream, messages, lastSequence, bytes].map(String)),
    ),
  );
}

async function restore(shell: Shell, folder: string, options: RestoreOptions): Promise<void> {
  const found = (await readdir(folder)).filter((name) => (STREAM_NAMES as readonly string[]).includes(name));
  if (found.length === 0) throw new CliError(`${folder} holds no stream of the log: ${STREAM_NAMES.join(", ")}.`);
  shell.note(`Would be restored: ${found.join(", ")}. All stages must be stopped.`);
  if (!isConfirmed(shell, options)) return;
  const bus = await shell.bus();
  const done = [];
  for (const stream of found) done.push(await restoreStream(bus, join(folder, stream)));
  const { skipped } = options.past === undefined ? { skipped: 0 } : await skipSequences(bus, options.past);
  // After it: the record stands on a stream that came back just now.
  await shell.audit({ action: "streams.restore", facts: { streams: found.length, skipped } });
  shell.show({ restored: done, skipped }, ({ restored }) =>
    [
      table(
        ["stream", "messages", "last sequence"],
        restored.map(({ stream, messages, lastSequence }) => [stream, String(messages), String(lastSequence)]),
      ),
      ...(skipped > 0 ? [`${skipped} sequences were passed over.`] : []),
      'Next: "skytide streams apply --yes" makes the buckets, "skytide reconcile" compares the log with the database.',
    ].join("\n"),
  );
}
