import { z } from "zod";

const choiceSchema = z.object({ title: z.string(), payload: z.string().optional() });
const bubbleSchema = z.object({
  direction: z.enum(["in", "out"]),
  id: z.string(),
  at: z.string(),
  status: z.string().optional(),
  content: z.object({
    kind: z.string(),
    text: z.string().optional(),
    title: z.string().optional(),
    choices: z.array(choiceSchema).optional(),
  }),
});
export type Bubble = z.infer<typeof bubbleSchema>;

/** One customer's phone in the Gupshup simulator, over its remote control. */
export interface SimulatedPhone {
  say(text: string): Promise<void>;
  /** Taps a button or a row by its payload. */
  tap(payload: string): Promise<void>;
  /** Sends one of the simulator's voice notes. */
  record(sample: string): Promise<void>;
  bubbles(): Promise<Bubble[]>;
}

/** Opens the chat of a customer with a business. */
export function openSimulatedPhone(simulatorsUrl: string, app: string, phone: string): SimulatedPhone {
  const base = `${simulatorsUrl}/simulator/gupshup`;
  const act = async (action: object) => {
    const response = await fetch(`${base}/customers/${phone}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ app, ...action }),
    });
    if (!response.ok) throw new Error(`the simulator answered ${response.status}: ${await response.text()}`);
  };
  return {
    say: (text) => act({ type: "text", text }),
    tap: (payload) => act({ type: "tap", choice: payload }),
    record: (sample) => act({ type: "audio", sample }),
    async bubbles() {
      const response = await fetch(`${base}/conversations/${app}/${phone}`);
      return z.object({ bubbles: z.array(bubbleSchema) }).parse(await response.json()).bubbles;
    },
  };
}
