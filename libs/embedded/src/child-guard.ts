import type { ChildProcess } from "node:child_process";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const guarded = new Set<ChildProcess>();

/** Ends a child with this process, however it ends short of SIGKILL. A child that has ended needs no guard any more. */
export function guardChild(child: ChildProcess): void {
  if (guarded.size === 0) {
    process.on("exit", killAll);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  guarded.add(child);
  child.once("close", () => {
    guarded.delete(child);
    if (guarded.size > 0) return;
    process.off("exit", killAll);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  });
}

function killAll(): void {
  for (const child of guarded) child.kill("SIGKILL");
}

/** Whoever handles the signal chooses the order of stopping; where nobody does, it would end us without an exit event. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAll();
  for (const known of SIGNALS) process.off(known, onSignal);
  process.kill(process.pid, signal);
}
