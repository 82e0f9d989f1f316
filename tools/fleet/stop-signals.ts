const KILLED_BY_SIGNAL = 130;
/** One Ctrl-C arrives twice: from the terminal and forwarded by npm; a closed terminal sends SIGHUP and more. */
const ONE_PRESS_MS = 1_000;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP after running `first`; the second one runs `second` and ends the process. */
export function onStopSignals({ first, second }: { first(): void; second(): void }): Promise<void> {
  let askedAt: number | undefined;
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (askedAt === undefined) {
          askedAt = performance.now();
          first();
          resolve();
        } else if (performance.now() - askedAt > ONE_PRESS_MS) {
          second();
          process.exit(KILLED_BY_SIGNAL);
        }
      });
    }
  });
}
