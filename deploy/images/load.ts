import { setTimeout as pause } from "node:timers/promises";
import { type Bubble, openSimulatedPhone } from "../../tools/fleet/simulated-phone.ts";

const APP = "AuroraDemo";
const EVERY_MS = 300;
const ANSWERED_WITHIN_MS = 90_000;
/** Long enough to be in the middle of something when the signal comes, short enough to be finished by a drain. */
const SLOW_MS = 1_500;

/** Customers who keep writing, each a new one, until told to stop. */
export interface Load {
  /** Ends it, waits until all are answered, and tells how it went. */
  end(): Promise<{ customers: number; unanswered: number; doubled: number }>;
}

/** Makes everything outside slow, so that a stage is always in the middle of something. */
export async function slowDown(simulatorsUrl: string, ms = SLOW_MS): Promise<void> {
  const faults = ms === 0 ? [] : [{ kind: "slow", ms }];
  for (const name of ["openai", "gemini", "gupshup"]) {
    await send("PUT", `${simulatorsUrl}/simulator/${name}/faults`, { faults });
  }
}

async function send(method: string, url: string, body: object): Promise<void> {
  const answer = await fetch(url, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}

/** Starts customers: most ask something, every fifth sends a voice note, every fifth wants a person. */
export function startLoad(simulatorsUrl: string): Load {
  const phones: string[] = [];
  const stopping = new AbortController();
  const writing = (async () => {
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      const phone = `5730055${String(number).padStart(5, "0")}`;
      await write(simulatorsUrl, phone, number);
      phones.push(phone);
      await pause(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    async end() {
      stopping.abort();
      await writing;
      const deadline = performance.now() + ANSWERED_WITHIN_MS;
      for (;;) {
        const chats = await Promise.all(phones.map((phone) => openSimulatedPhone(simulatorsUrl, APP, phone).bubbles()));
        const unanswered = chats.filter((bubbles) => !bubbles.some(({ direction }) => direction === "out")).length;
        if (unanswered === 0 || performance.now() > deadline)
          return { customers: phones.length, unanswered, doubled: chats.filter(saysTwice).length };
        await pause(250);
      }
    },
  };
}

async function write(simulatorsUrl: string, phone: string, number: number): Promise<void> {
  if (number % 5 !== 3) {
    const words = number % 5 === 4 ? "quiero hablar con un asesor" : "Hola, ¿cuál es la dirección?";
    return await openSimulatedPhone(simulatorsUrl, APP, phone).say(words);
  }
  await send("POST", `${simulatorsUrl}/simulator/gupshup/customers/${phone}/messages`, { app: APP, type: "audio" });
}

/** One message each: the same words twice are a reply that was sent twice. */
function saysTwice(bubbles: readonly Bubble[]): boolean {
  const said = bubbles.filter(({ direction }) => direction === "out").map(({ content }) => content.text);
  return new Set(said).size < said.length;
}
