import { once } from "node:events";
import process from "node:process";
import { loadConfig } from "./config.ts";
import type { SimulatorOptions } from "./simulators.ts";
import { startSimulators } from "./start-simulators.ts";

const EXIT_CONFIG = 78;

function readSettings(): SimulatorOptions {
  try {
    return loadConfig(process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(EXIT_CONFIG);
  }
}

async function listen(options: SimulatorOptions): ReturnType<typeof startSimulators> {
  try {
    return await startSimulators(options);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    process.stderr.write(`Port ${options.port} is in use: stop what uses it, or set SIMULATORS_PORT.\n`);
    process.exit(1);
  }
}

const simulators = await listen(readSettings());
process.stdout.write(`${JSON.stringify({ event: "simulators.listening", url: simulators.webPhoneUrl })}\n`);
await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
await simulators.stop();
