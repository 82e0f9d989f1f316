import { type Bus, connectBus, inboxPrefixOf } from "@skytide/bus";
import { loadConfig } from "@skytide/stage";
import { createStore, type Store } from "@skytide/store";
import type { Command } from "commander";
import type { z } from "zod";
import { type Audit, createAudit } from "./audit.ts";
import { type Environment, environmentOf } from "./environment.ts";
import { natsSettings, storeSettings } from "./settings.ts";

/** Where a command line runs. */
export interface Outside {
  env: Environment;
  /** Ends what would go on for ever. */
  signal: AbortSignal;
  /** The result, on stdout. */
  print(line: string): void;
  /** Progress and problems, on stderr. */
  note(line: string): void;
}

/** What a command works with; connections are opened when first asked for and closed when the command ends. */
export interface Shell extends Outside {
  json: boolean;
  /** Prints a value: as JSON with --json, else as `pretty` has it. */
  show<Value>(value: Value, pretty: (value: Value) => string): void;
  /** Settings of this command. Throws ConfigError that names every missing one. */
  settings<Schema extends z.ZodObject>(schema: Schema): z.output<Schema>;
  bus(): Promise<Bus>;
  store(): Store;
  /** Records what an operator changed; before the change, so that none goes unrecorded. */
  audit: Audit;
  /** Closes something with the command. */
  defer(close: () => Promise<void> | void): void;
}

/** Wraps a command's work into commander's action: `withShell(async (shell, ...given) => …)`. */
export type WithShell = <Given extends unknown[]>(
  work: (shell: Shell, ...given: Given) => Promise<void>,
) => (...given: Given) => Promise<void>;

const CONNECT_WITHIN_MS = 5_000;

/** Makes shells for the commands of one program. */
export function shellFor(program: Command, outside: Outside): WithShell {
  return (work) =>
    async (...given) => {
      await using stack = new AsyncDisposableStack();
      await work(createShell(outside, stack, program.opts().json === true), ...given);
    };
}

function createShell(outside: Outside, stack: AsyncDisposableStack, json: boolean): Shell {
  const env = environmentOf(outside.env);
  const settings: Shell["settings"] = (schema) => loadConfig(schema, env);
  const bus = once(async () => {
    const connected = await openBus(settings(natsSettings));
    stack.defer(() => connected.drain());
    return connected;
  });
  return {
    ...outside,
    env,
    json,
    show: (value, pretty) => outside.print(json ? JSON.stringify(value) : pretty(value)),
    settings,
    bus,
    store: once(() => {
      const { SUPABASE_URL: url, SUPABASE_SERVICE_ROLE_KEY: serviceRoleKey } = settings(storeSettings);
      return createStore({ url, serviceRoleKey });
    }),
    audit: createAudit(bus, env),
    defer: (close) => stack.defer(close),
  };
}

async function openBus(settings: z.output<typeof natsSettings>): Promise<Bus> {
  return await connectBus({
    servers: settings.NATS_URL,
    name: "skytide-cli",
    user: settings.NATS_USER,
    password: settings.NATS_PASSWORD,
    nkeySeed: settings.NATS_NKEY_SEED,
    credentialsFile: settings.NATS_CREDS,
    inboxPrefix: inboxPrefixOf("operator"),
    connectTimeoutMs: CONNECT_WITHIN_MS,
  });
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** True with --yes; without it the person is told that nothing happened, after the command has said what would. */
export function isConfirmed(shell: Shell, { yes }: { yes?: boolean }): boolean {
  if (!yes) shell.note("Nothing was changed. The same command with --yes does it.");
  return yes === true;
}
