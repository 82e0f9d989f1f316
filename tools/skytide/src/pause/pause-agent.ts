import type { FoundPause, PauseScope, PauseTarget } from "@skytide/store";
import { operatorOf } from "../audit.ts";
import { CliError } from "../cli-error.ts";
import { isConfirmed, type Shell } from "../shell.ts";
import { table } from "../table.ts";

interface PauseOptions {
  reason: string;
  for?: number;
  yes?: boolean;
}

/** The arguments as the command line gives them: organization, what is named beside it, options, the command. */
function read<Options>(scope: PauseScope, given: readonly unknown[]): { target: PauseTarget; options: Options } {
  const [organizationId, ...rest] = given as [string, ...unknown[]];
  const key = scope === "org" ? "" : String(rest.shift());
  return { target: { organizationId, scope, key }, options: rest[0] as Options };
}

/** `skytide pause org|bot|conversation`. */
export async function pauseAgent(shell: Shell, scope: PauseScope, given: readonly unknown[]): Promise<void> {
  const { target, options } = read<PauseOptions>(scope, given);
  const reason = options.reason.trim();
  if (reason === "" || reason.length > 200)
    throw new CliError("--reason takes up to 200 letters: why, for whoever finds it paused.", { exitCode: 2 });
  const found = await find(shell, target);
  const until = options.for === undefined ? null : new Date(Date.now() + options.for);
  const plan = { ...target, organization: found.organizationName, now: found.pause, until, reason };
  shell.show(plan, () =>
    [
      `${nameOf(target)} of ${found.organizationName}`,
      `  now   ${stateOf(found)}`,
      `  then  silent ${until === null ? "until it is resumed" : `until ${until.toISOString()}`}: ${reason}`,
      "What customers write is kept and answered afterwards, once per conversation. Staff are still told who asked for a person.",
    ].join("\n"),
  );
  if (!isConfirmed(shell, options)) return;
  const facts = { scope, key: target.key, reason, until: until?.toISOString() ?? "" };
  await shell.audit({ action: "agent.pause", organizationId: target.organizationId, facts });
  await shell.store().pauseAgent({ ...target, reason, by: operatorOf(shell.env), until });
  shell.note("Paused. A turn that is being thought is not sent; what Gupshup has taken already still arrives.");
}

/** `skytide resume org|bot|conversation`. */
export async function resumeAgent(shell: Shell, scope: PauseScope, given: readonly unknown[]): Promise<void> {
  const { target, options } = read<{ yes?: boolean }>(scope, given);
  const found = await find(shell, target);
  const plan = { ...target, organization: found.organizationName, now: found.pause, waiting: found.waiting };
  shell.show(plan, () =>
    [
      `${nameOf(target)} of ${found.organizationName}`,
      `  now   ${stateOf(found)}`,
      `  then  answering; ${found.waiting} conversations have waited and get their answer within seconds`,
    ].join("\n"),
  );
  if (found.pause === null) {
    shell.note("Nothing is paused there. Another pause may hold it: skytide pause list.");
    return;
  }
  if (!isConfirmed(shell, options)) return;
  const facts = { scope, key: target.key };
  await shell.audit({ action: "agent.resume", organizationId: target.organizationId, facts });
  await shell.store().resumeAgent(target);
}

/** `skytide pause list`. */
export async function listPauses(shell: Shell): Promise<void> {
  const pauses = await shell.store().listPauses();
  shell.show(pauses, () =>
    pauses.length === 0
      ? "No agent is paused. Stages: skytide lag."
      : table(
          ["ORGANIZATION", "WHAT", "SINCE", "UNTIL", "WAITING", "BY", "REASON"],
          pauses.map((pause) => [
            `${pause.organizationName} ${pause.organizationId}`,
            nameOf(pause),
            minuteOf(pause.since),
            pause.until === null ? "resumed" : minuteOf(pause.until),
            pause.waiting,
            pause.by,
            pause.reason,
          ]),
        ),
  );
}

async function find(shell: Shell, target: PauseTarget): Promise<FoundPause> {
  const found = await shell.store().findPause(target);
  if (found !== null) return found;
  throw new CliError(NOT_FOUND[target.scope]);
}

const NOT_FOUND: Readonly<Record<PauseScope, string>> = {
  org: "There is no such organization; skytide orgs lists them.",
  bot: "That organization has no number behind such an app; skytide org check names its apps.",
  conversation: "That organization has no such conversation; copy both ids from a log line.",
};

function nameOf({ scope, key }: Pick<PauseTarget, "scope" | "key">): string {
  return scope === "org" ? "All conversations" : scope === "bot" ? `Number of app ${key}` : `Conversation ${key}`;
}

function stateOf({ pause, waiting }: FoundPause): string {
  if (pause === null) return "answering (as far as this pause goes)";
  const until = pause.until === null ? "resumed" : minuteOf(pause.until);
  return `silent since ${minuteOf(pause.since)} until ${until}, by ${pause.by}: ${pause.reason} (${waiting} conversations wait)`;
}

function minuteOf(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
