const KILLED_BY_SIGNAL = 130;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP after running `first`; the second one runs `second` and ends the process. */
export function onStopSignals({ first, second }: { first(): void; second(): void }): Promise<void> {
  let asked = false;
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (asked) {
          second();
          process.exit(KILLED_BY_SIGNAL);
        }
        asked = true;
        first();
        resolve();
      });
    }
  });
}
