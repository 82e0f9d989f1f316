import { type Simulators, startSimulators } from "@skytide/simulators";

/** Gupshup, OpenAI, Gemini and Langfuse of the test file's own; tell Gupshup the webhook by `control.setWebhookUrl`. */
export async function simulatorsFixture(
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  {}: object,
  { onCleanup }: { onCleanup(stop: () => Promise<void>): void },
): Promise<Simulators> {
  const simulators = await startSimulators({ receiptDelayMs: 10, redeliveryDelayMs: 50 });
  onCleanup(simulators.stop);
  return simulators;
}
