import { test as base } from "vitest";
import { type SimulatorOptions, type Simulators, startSimulators } from "../src/index.ts";
import { type Business, startBusiness } from "./business.ts";

export const LAURA = "573001110001";
const AURORA = { source: "573000000001", "src.name": "AuroraDemo" };

/** A business and simulators that know its webhook, quick enough for tests. */
export const test = base.extend<{ options: SimulatorOptions; business: Business; simulators: Simulators }>({
  options: {},
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures' names from this pattern
  business: async ({}, use) => {
    const business = await startBusiness();
    await use(business);
    await business.stop();
  },
  simulators: async ({ options, business }, use) => {
    const quick = { receiptDelayMs: 5, redeliveryDelayMs: 10 };
    const simulators = await startSimulators({ webhookUrl: business.url, ...quick, ...options });
    await use(simulators);
    await simulators.stop();
  },
});

/** A call of the send API as the demo's first business makes it. */
export async function sendAs(
  simulators: Simulators,
  fields: Record<string, string>,
  { key = "demo-key-aurora", path = "/wa/api/v1/msg" } = {},
): Promise<Response> {
  const form = { channel: "whatsapp", destination: LAURA, ...AURORA, ...fields };
  return fetch(`${simulators.gupshupUrl}${path}`, {
    method: "POST",
    headers: { apikey: key },
    body: new URLSearchParams(form),
  });
}

export const textMessage = (text: string) => ({ message: JSON.stringify({ type: "text", text }) });
