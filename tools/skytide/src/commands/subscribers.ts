import {
  addSubscriber,
  endReplay,
  listSubscribers,
  openReplay,
  removeSubscriber,
  SUBSCRIBER_API,
  type Subscriber,
} from "@skytide/bus";
import type { Command } from "commander";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import { natsSettings } from "../settings.ts";
import { isConfirmed, type Shell, type WithShell } from "../shell.ts";
import { syncAccounts } from "../subscriber-accounts.ts";
import { table } from "../table.ts";
import { moment, positive } from "../values.ts";

interface Options {
  name: string;
  expires?: Date;
  from?: Date;
  sequence?: number;
  chat?: string;
  rate?: number;
  end?: boolean;
  yes?: boolean;
}

/** `skytide subscribers`: other systems that read an organization's events (docs/events.md). */
export function registerSubscribers(program: Command, withShell: WithShell): void {
  const group = program.command("subscribers").summary("other systems that read an organization's events");
  named(group.command("add <organization>"))
    .description("Makes an account, a key and a durable with the organization's public lanes. The key is shown once.")
    .option("--expires <moment>", "until when the key is good: an ISO time", moment)
    .option(
      "--from <moment>",
      "the first event: 7d, or an ISO time; everything that the log holds unless given",
      moment,
    )
    .action(withShell((shell: Shell, organization: string, options: Options) => add(shell, organization, options)));
  group
    .command("list [organization]")
    .description("Shows how far each has come, and which may have missed events because they were away too long.")
    .action(withShell((shell: Shell, organization: string | undefined) => list(shell, organization)));
  named(group.command("revoke <organization>"))
    .description(
      "Takes durable and account away; an open connection is closed. It cannot be undone: add makes a new key.",
    )
    .action(withShell((shell: Shell, organization: string, options: Options) => revoke(shell, organization, options)));
  named(group.command("replay <organization>"))
    .description("Lets a subscriber read again on a second durable, <durable>-replay; its live one does not move.")
    .option("--from <moment>", "from then on: 2h, 7d or an ISO time", moment)
    .option("--sequence <number>", "from that sequence of the log on", positive)
    .option("--chat <chat>", "of one conversation")
    .option("--rate <events>", "asks its client to keep to so many a second", positive)
    .option("--end", "ends it; else it ends a day after its last use")
    .action(withShell((shell: Shell, organization: string, options: Options) => replay(shell, organization, options)));
  group
    .command("sync")
    .description("Brings the servers' accounts to what add, revoke and expiry say. Run it daily where keys expire.")
    .option("--yes", "does it")
    .action(withShell((shell: Shell, options: Options) => sync(shell, options)));
}

function named(command: Command): Command {
  return command
    .requiredOption("--name <name>", "which system it is: lower-case letters, digits and dashes")
    .option("--yes", "does it");
}

async function add(shell: Shell, organization: string, { name: label, expires, from, yes }: Options): Promise<void> {
  const organizationId = organizationIn(organization);
  if (!yes) shell.note(`Would give ${label} of ${organizationId} an account, a key and a durable.`);
  if (!isConfirmed(shell, yes ? { yes } : {})) return;
  const bus = await shell.bus();
  await shell.audit({ action: "subscribers.add", organizationId, facts: { name: label } });
  const { name, seed } = await addSubscriber(bus, { organizationId, label, expiresAt: expires, from });
  await syncAccounts(shell, bus);
  const access = {
    NATS_URL: shell.settings(natsSettings).NATS_URL,
    NATS_NKEY_SEED: seed,
    SKYTIDE_STREAM: "CONVERSATIONS",
    SKYTIDE_DURABLE: name,
    SKYTIDE_API_PREFIX: SUBSCRIBER_API,
  };
  shell.note("The seed is shown this once and kept nowhere:");
  shell.show(access, (values) =>
    Object.entries(values)
      .map(([key, value]) => `${key}='${value}'`)
      .join("\n"),
  );
}

async function list(shell: Shell, organization: string | undefined): Promise<void> {
  const organizationId = organization === undefined ? undefined : organizationIn(organization);
  const found = await listSubscribers(await shell.bus(), organizationId);
  shell.show(found, (subscribers) =>
    table(
      ["ORGANIZATION", "NAME", "PENDING", "ACK PENDING", "LAST HERE", "EXPIRES", ""],
      subscribers.map((one) => [
        ...[one.organizationId, one.label, one.pending, one.ackPending],
        ...[one.lastAckAt?.toISOString() ?? "never", one.expiresAt?.toISOString() ?? "", remarkOf(one)],
      ]),
    ),
  );
}

function remarkOf({ expiresAt, missed }: Subscriber): string {
  if (expiresAt !== null && expiresAt.getTime() < Date.now()) return "expired";
  return missed ? "away too long: may have missed events" : "";
}

async function revoke(shell: Shell, organization: string, { name: label, yes }: Options): Promise<void> {
  const organizationId = organizationIn(organization);
  const bus = await shell.bus();
  await subscriberOf(shell, organizationId, label);
  if (!yes) shell.note(`Would take the access of ${label} of ${organizationId} away, for good.`);
  if (!isConfirmed(shell, yes ? { yes } : {})) return;
  await shell.audit({ action: "subscribers.revoke", organizationId, facts: { name: label } });
  await removeSubscriber(bus, organizationId, label);
  await syncAccounts(shell, bus);
  shell.show({ revoked: label }, () => `${label} is revoked.`);
}

async function replay(shell: Shell, organization: string, options: Options): Promise<void> {
  const { name: label, from, sequence, chat, rate, end, yes } = options;
  const organizationId = organizationIn(organization);
  const start = sequence === undefined ? from && { time: from } : { sequence };
  if (start === undefined && !end) throw new CliError("Say where it begins: --from or --sequence.", { exitCode: 2 });
  const bus = await shell.bus();
  const subscriber = await subscriberOf(shell, organizationId, label);
  if (!yes) shell.note(end ? `Would end the replay of ${label}.` : `Would let ${label} read again.`);
  if (!isConfirmed(shell, yes ? { yes } : {})) return;
  await shell.audit({
    action: end ? "subscribers.replay-end" : "subscribers.replay",
    organizationId,
    facts: { name: label, ...(rate === undefined ? {} : { rate }) },
  });
  if (end) return shell.show({ ended: await endReplay(bus, subscriber) }, () => `The replay of ${label} has ended.`);
  const durable = await openReplay(bus, subscriber, { from: start ?? { sequence: 1 }, chat, rate });
  const pace = rate === undefined ? "As fast as it acknowledges." : `${rate} events a second, by its client.`;
  shell.show(
    { durable, rate: rate ?? null },
    () => `${label} reads again on the durable ${durable}, with the key it has. ${pace}`,
  );
}

async function sync(shell: Shell, { yes }: Options): Promise<void> {
  if (!isConfirmed(shell, yes ? { yes } : {})) return;
  await shell.audit({ action: "subscribers.sync" });
  await syncAccounts(shell, await shell.bus());
}

async function subscriberOf(shell: Shell, organizationId: string, label: string): Promise<Subscriber> {
  const found = (await listSubscribers(await shell.bus(), organizationId)).find((one) => one.label === label);
  if (!found) throw new CliError(`That organization has no subscriber ${label}: see skytide subscribers list.`);
  return found;
}

function organizationIn(text: string): string {
  const parsed = z.uuid().safeParse(text);
  if (!parsed.success) throw new CliError("The organization is named by its id, a UUID.", { exitCode: 2 });
  return parsed.data;
}
