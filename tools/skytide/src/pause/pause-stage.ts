import { DURABLES } from "@skytide/bus";
import type { Stage } from "@skytide/events";
import { isConfirmed, type Shell } from "../shell.ts";

/** Which consumers are a stage's own; its replays go on. */
export const CONSUMERS_OF: Readonly<Record<Stage, readonly string[]>> = {
  ingest: ["recorder"],
  media: ["media"],
  brain: ["debounce", "brain"],
  outbound: ["outbound", "outbound-receipts"],
  notifier: ["notifier", "reminders", "handoffs", "notices"],
};

/** Pauses a stage's consumers until a time, or lets them go on. */
export async function pauseStage(
  shell: Shell,
  stage: Stage,
  until: Date | null,
  options: { yes?: boolean },
): Promise<void> {
  const own = DURABLES.filter(({ name }) => CONSUMERS_OF[stage].includes(name));
  const plan = { stage, consumers: own.map(({ name }) => name), until: until?.toISOString() ?? null };
  shell.show(
    plan,
    (shown) => `${shown.consumers.join(", ")}: ${shown.until === null ? "resumed" : `paused until ${shown.until}`}`,
  );
  if (!isConfirmed(shell, options)) return;
  await shell.audit({
    action: until === null ? "stage.resume" : "stage.pause",
    facts: { stage, until: plan.until ?? "" },
  });
  const bus = await shell.bus();
  for (const { stream, name } of own) await bus.pauseConsumer(stream, name, until);
}
