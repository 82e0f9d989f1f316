import { setTimeout as pause } from "node:timers/promises";

interface Choice {
  title: string;
  payload?: string;
}

interface Content {
  kind: string;
  text?: string;
  choices?: Choice[];
}

export interface Bubble {
  direction: "in" | "out";
  content: Content;
  status?: string;
}

const POLL_MS = 50;
const ANSWER_WITHIN_MS = 60_000;

/** A customer's phone at the Gupshup simulator: what a person would do and see, over the simulator's HTTP control. */
export interface Phone {
  say(text: string): Promise<void>;
  tap(choice: Choice): Promise<void>;
  send(type: "audio" | "image", sample?: string): Promise<void>;
  /** What the business sent, oldest first. */
  answers(): Promise<Bubble[]>;
  /** Waits for an answer that holds the words; rejects with the conversation when none comes. */
  until(words: RegExp): Promise<Content>;
  bubbles(): Promise<Bubble[]>;
}

/** Opens the phone of one customer at one business. */
export function openPhone(simulators: string, app: string, phone: string): Phone {
  const act = async (action: object) => {
    const response = await fetch(`${simulators}/simulator/gupshup/customers/${phone}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ app, ...action }),
    });
    if (response.status !== 202) throw new Error(`the simulator answered ${response.status}: ${await response.text()}`);
  };
  const bubbles = async (): Promise<Bubble[]> => {
    const response = await fetch(`${simulators}/simulator/gupshup/conversations/${app}/${phone}`);
    return ((await response.json()) as { bubbles: Bubble[] }).bubbles;
  };
  const answers = async () => (await bubbles()).filter(({ direction }) => direction === "out");
  return {
    bubbles,
    answers,
    say: (text) => act({ type: "text", text }),
    tap: ({ payload, title }) => act({ type: "tap", choice: payload ?? title }),
    send: (type, sample) => act({ type, ...(sample === undefined ? {} : { sample }) }),
    async until(words) {
      const deadline = Date.now() + ANSWER_WITHIN_MS;
      while (Date.now() < deadline) {
        const found = (await answers()).findLast(({ content }) => words.test(content.text ?? ""));
        if (found) return found.content;
        await pause(POLL_MS);
      }
      throw new Error(`no answer like ${words} came:\n${toTranscript(await bubbles())}`);
    },
  };
}

/** The conversation in lines, for a failing test's message. */
export function toTranscript(bubbles: readonly Bubble[]): string {
  return bubbles
    .map(
      ({ direction, content, status }) =>
        `${direction === "in" ? "<" : ">"} ${content.text ?? content.kind} [${status ?? ""}]`,
    )
    .join("\n");
}
