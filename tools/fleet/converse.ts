import { setTimeout as pause } from "node:timers/promises";
import { nextMove, OPENING } from "./demo-customer.ts";
import { FleetError } from "./fleet-error.ts";
import { type Bubble, openSimulatedPhone } from "./simulated-phone.ts";

const LOOK_EVERY_MS = 100;
/** An answer may come in several messages: after this long without another one it is complete. */
const QUIET_MS = 700;
const ANSWER_WITHIN_MS = 45_000;
const MAX_MOVES = 12;

export interface ConverseOptions {
  simulatorsUrl: string;
  app: string;
  phone: string;
  print(line: string): void;
  signal: AbortSignal;
}

/** Plays the customer until she has nothing to answer any more, and prints every message as it appears on her phone. */
export async function converse({ simulatorsUrl, app, phone, print, signal }: ConverseOptions): Promise<void> {
  const chat = openSimulatedPhone(simulatorsUrl, app, phone);
  const began = performance.now();
  const printed = new Set<string>();
  const show = (bubbles: readonly Bubble[]) => {
    for (const bubble of bubbles) {
      if (printed.has(bubble.id)) continue;
      printed.add(bubble.id);
      print(toTranscript(bubble, (performance.now() - began) / 1_000));
    }
  };
  for (const text of OPENING) await chat.say(text);
  for (let moves = 0; moves < MAX_MOVES; moves += 1) {
    const move = nextMove(await untilAnswered(() => chat.bubbles(), show, signal));
    if (move.kind === "done") return;
    await (move.kind === "tap" ? chat.tap(move.payload) : chat.say(move.text));
  }
  throw new FleetError(`The conversation did not come to an end after ${MAX_MOVES} answers.`);
}

async function untilAnswered(
  look: () => Promise<Bubble[]>,
  show: (bubbles: readonly Bubble[]) => void,
  signal: AbortSignal,
): Promise<Bubble[]> {
  const deadline = performance.now() + ANSWER_WITHIN_MS;
  let count = -1;
  let changedAt = performance.now();
  for (;;) {
    const bubbles = await look();
    show(bubbles);
    if (bubbles.length !== count) changedAt = performance.now();
    count = bubbles.length;
    const isQuiet = performance.now() - changedAt >= QUIET_MS;
    if (isQuiet && bubbles.at(-1)?.direction === "out") return bubbles;
    if (performance.now() > deadline) throw new FleetError(`No answer within ${ANSWER_WITHIN_MS / 1_000} s.`);
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
}

function toTranscript({ direction, content }: Bubble, seconds: number): string {
  const who = direction === "in" ? "Laura " : "Aurora";
  const text = content.kind === "tap" ? `[${content.title}]` : (content.text ?? `(${content.kind})`);
  const choices = (content.choices ?? []).map(({ title }) => `[${title}]`).join(" ");
  const head = `${seconds.toFixed(1).padStart(5)} s  ${who}  `;
  const lines = [...text.split("\n"), ...(choices ? [choices] : [])];
  return lines.map((line, index) => `${index === 0 ? head : " ".repeat(head.length)}${line}`.trimEnd()).join("\n");
}
