import { replaceDurable } from "@skytide/bus";
import type { Command } from "commander";
import { compare, type Divergence } from "../reconcile/compare.ts";
import { isConfirmed, type Shell, type WithShell } from "../shell.ts";
import { table } from "../table.ts";
import { moment } from "../values.ts";

interface Options {
  since: Date;
  publishAgain?: boolean;
  recordAgain?: boolean;
  yes?: boolean;
}

/** `skytide reconcile`: where the log and the database differ after a restore. */
export function registerReconcile(program: Command, withShell: WithShell): void {
  program
    .command("reconcile")
    .summary("compares the log with the database, after a restore")
    .description(
      "Lists what one of them knows and the other has forgotten: appointments that customers were promised, messages that\nnobody answered, changes that subscribers did not hear of. Changes nothing without --publish-again or --record-again.",
    )
    .requiredOption("--since <time>", "a time before the older of the two backups", moment)
    .option("--publish-again", "tells the log again what the database had told it since then")
    .option("--record-again", "lets the recorder write everything that the log holds into the database again")
    .option("--yes", "does it")
    .action(withShell(reconcile));
}

async function reconcile(shell: Shell, options: Options): Promise<void> {
  const divergence = await compare(await shell.bus(), shell.store(), options.since);
  shell.show(divergence, pretty);
  if (!options.publishAgain && !options.recordAgain) return;
  if (!isConfirmed(shell, options)) return;
  if (options.publishAgain) await publishAgain(shell, options.since);
  if (options.recordAgain) await recordAgain(shell);
}

async function publishAgain(shell: Shell, since: Date): Promise<void> {
  await shell.audit({ action: "reconcile.publish-again", facts: { since: since.toISOString() } });
  const { rows } = await shell.store().publishOutboxAgain(since);
  shell.note(`The relay tells the log ${rows} changes again.`);
}

/** Its writes may come twice and in any order, so it reads the log from the start, as a new durable. */
async function recordAgain(shell: Shell): Promise<void> {
  await shell.audit({ action: "reconcile.record-again" });
  const bus = await shell.bus();
  await replaceDurable(bus, "recorder");
  shell.note("The recorder reads the log from its start; watch it with skytide lag.");
}

function pretty({ forgotten, different, published, unanswered, sequences }: Divergence): string {
  const isBehind = sequences.inDatabase > sequences.onLog;
  const lost = unanswered.filter(({ onLog }) => !onLog);
  return [
    section(
      "Appointments that the log knows and the database has forgotten: book them again, or call the customer.",
      forgotten.map(({ organizationId, chat, appointmentId, startsAt, status }) => ({
        organization: organizationId,
        conversation: chat,
        appointment: appointmentId,
        start: startsAt,
        status,
      })),
    ),
    section(
      "Appointments of which they say something else.",
      different.map(({ organizationId, chat, appointmentId, startsAt, status, inDatabase }) => ({
        organization: organizationId,
        conversation: chat,
        appointment: appointmentId,
        log: `${status} ${startsAt}`,
        database: `${inDatabase.status} ${inDatabase.startsAt}`,
      })),
    ),
    section(
      "Messages that only the database has and nobody answered: write to the customer, or have staff do it.",
      lost.map(({ organizationId, chat, at }) => ({ organization: organizationId, conversation: chat, since: at })),
    ),
    published.byDatabase > published.onLog
      ? `The log lacks ${published.byDatabase - published.onLog} changes that it was told: "--publish-again --yes" tells them again.`
      : "The log has every change that the database remembers telling it.",
    isBehind
      ? `The log stands at ${sequences.onLog}, the database has seen it at ${sequences.inDatabase}: stop the stages and restore with --past ${sequences.inDatabase + MARGIN}, or answers will be taken for old ones.`
      : `The log stands at ${sequences.onLog}, beyond all that the database has seen of it (${sequences.inDatabase}).`,
  ].join("\n\n");
}

/** What was stored after the last reply that the database knows of. */
const MARGIN = 1_000;

function section(title: string, rows: readonly Record<string, string>[]): string {
  const [first] = rows;
  if (first === undefined) return `${title}\nNone.`;
  return `${title}\n${table(
    Object.keys(first),
    rows.map((row) => Object.values(row)),
  )}`;
}
