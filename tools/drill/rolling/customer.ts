import { setTimeout as pause } from "node:timers/promises";
import { nextMove } from "../../fleet/demo-customer.ts";
import { type Bubble, openSimulatedPhone, type SimulatedPhone } from "../../fleet/simulated-phone.ts";

/** Something a customer sends of her own accord: words, or a voice note of the simulator. */
export type Line = string | { voiceNote: string };

/** One message and its answer. */
export interface Exchange {
  /** `performance.now()` before the message left. */
  at: number;
  /** From the message to its first answer by the simulator's clock; null when none came in time. */
  replyMs: number | null;
}

/** What one customer did and saw. */
export interface CustomerReport {
  phone: string;
  exchanges: Exchange[];
  bubbles: Bubble[];
}

export interface CustomerOptions {
  simulators: string;
  app: string;
  phone: string;
  /** Sent one after another; what the agent asks in between is answered. */
  lines: readonly Line[];
  /** Begins anew after the last line until it is enough. */
  repeat: boolean;
  /** No message is sent after it. */
  enough: AbortSignal;
  answerWithinMs: number;
  /** Her pause before a message, between none and twice this. */
  thinkMs: number;
}

const LOOK_EVERY_MS = 150;
/** An answer may come in several messages. */
const QUIET_MS = 300;
const MAX_MOVES = 8;

/** A customer who asks, books and asks again, each time only after she was answered. */
export async function playCustomer(options: CustomerOptions): Promise<CustomerReport> {
  const { enough, lines } = options;
  const phone = openSimulatedPhone(options.simulators, options.app, options.phone);
  const exchanges: Exchange[] = [];
  const exchange = async (act: () => Promise<void>): Promise<readonly Bubble[]> => {
    // Stops thinking when it is enough.
    await pause(2 * Math.random() * options.thinkMs, undefined, { signal: enough }).catch(() => undefined);
    const before = (await phone.bubbles()).length;
    const at = performance.now();
    await act();
    const bubbles = await untilAnswered(phone, before, options.answerWithinMs);
    exchanges.push({ at, replyMs: replyMsOf(bubbles.slice(before)) });
    return bubbles;
  };
  do {
    for (const line of lines) {
      if (enough.aborted) break;
      let bubbles = await exchange(() => (typeof line === "string" ? phone.say(line) : phone.record(line.voiceNote)));
      for (let moves = 0; moves < MAX_MOVES && !enough.aborted; moves += 1) {
        const move = nextMove(bubbles);
        if (move.kind === "done") break;
        bubbles = await exchange(() => (move.kind === "tap" ? phone.tap(move.payload) : phone.say(move.text)));
      }
    }
  } while (options.repeat && !enough.aborted);
  return { phone: options.phone, exchanges, bubbles: await phone.bubbles() };
}

async function untilAnswered(phone: SimulatedPhone, before: number, limitMs: number): Promise<readonly Bubble[]> {
  const deadline = performance.now() + limitMs;
  let count = -1;
  let changedAt = performance.now();
  for (;;) {
    const bubbles = await phone.bubbles();
    if (bubbles.length !== count) changedAt = performance.now();
    count = bubbles.length;
    const answered = bubbles.slice(before).some(({ direction }) => direction === "out");
    if ((answered && performance.now() - changedAt > QUIET_MS) || performance.now() > deadline) return bubbles;
    await pause(LOOK_EVERY_MS);
  }
}

function replyMsOf(fresh: readonly Bubble[]): number | null {
  const asked = fresh.find(({ direction }) => direction === "in");
  const answer = fresh.find(({ direction }) => direction === "out");
  return asked && answer ? Date.parse(answer.at) - Date.parse(asked.at) : null;
}
