import type { SimulatorOptions, Simulators } from "./simulators.ts";

/** Starts Gupshup, OpenAI, Gemini, Langfuse and the web phone on one port of this process. */
export function startSimulators(_options: SimulatorOptions = {}): Promise<Simulators> {
  throw new Error("the simulators are not built yet");
}
