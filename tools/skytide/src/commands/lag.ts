import { setTimeout as pause } from "node:timers/promises";
import { type Bus, DURABLES } from "@skytide/bus";
import { PermanentError } from "@skytide/errors";
import type { Command } from "commander";
import type { Shell, WithShell } from "../shell.ts";
import { table } from "../table.ts";

interface Lag {
  stream: string;
  consumer: string;
  pending: number;
  ackPending: number;
  redelivered: number;
  paused: boolean;
  missing: boolean;
}

const EVERY_MS = 2_000;

/** `skytide lag`: how much each consumer has still to do. */
export function registerLag(program: Command, withShell: WithShell): void {
  program
    .command("lag")
    .summary("how far behind each consumer is")
    .description(
      "Shows for every durable consumer what waits (pending), what is in work (ack pending), what of that was delivered\nmore than once (redelivered), and whether it is paused. Pending that grows: the stage is too slow or stands still.",
    )
    .option("--watch", "again every two seconds, until Ctrl-C")
    .action(
      withShell(async (shell: Shell, { watch }: { watch?: boolean }) => {
        const bus = await shell.bus();
        for (;;) {
          shell.show(await readLags(bus), pretty);
          if (!watch || shell.signal.aborted) return;
          await pause(EVERY_MS, undefined, { signal: shell.signal }).catch(() => undefined);
          if (shell.signal.aborted) return;
        }
      }),
    );
}

function readLags(bus: Bus): Promise<Lag[]> {
  return Promise.all(
    DURABLES.map(async ({ stream, name }) => {
      const facts = await bus.consumerInfo(stream, name).catch((error) => {
        if (isMissing(error)) return null;
        throw error;
      });
      const { pending = 0, ackPending = 0, redelivered = 0, paused = false } = facts ?? {};
      return { stream, consumer: name, pending, ackPending, redelivered, paused, missing: facts === null };
    }),
  );
}

/** The server's codes for a consumer and a stream that it does not have. */
const MISSING: readonly unknown[] = ["jetstream-10014", "jetstream-10059"];

function isMissing(error: unknown): boolean {
  return error instanceof PermanentError && MISSING.includes(error.code);
}

function pretty(lags: Lag[]): string {
  return table(
    ["STREAM", "CONSUMER", "PENDING", "ACK PENDING", "REDELIVERED", ""],
    lags.map(({ stream, consumer, pending, ackPending, redelivered, paused, missing }) => [
      stream,
      consumer,
      pending,
      ackPending,
      redelivered,
      missing ? "missing: run skytide streams apply" : paused ? "paused" : "",
    ]),
  );
}
