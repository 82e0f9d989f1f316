import type { Bubble } from "./simulated-phone.ts";

/** What the demo's customer does next. */
export type Move = { kind: "say"; text: string } | { kind: "tap"; payload: string; title: string } | { kind: "done" };

/** What she writes first, one right after the other: a burst that gets one answer. */
export const OPENING = ["Hola 👋", "Quiero una limpieza facial mañana en la tarde"] as const;

const NAME = "Laura Gómez";

/** Which choice she taps, by what stands behind it, in this order. */
const WANTED = ["slot:", "day:", "yes:"];

/**
 * Answers what the agent asked last: taps what is offered, gives her name, a day. She decides by what is on her screen,
 * like a person; the agent's order of questions is not written here.
 */
export function nextMove(bubbles: readonly Bubble[]): Move {
  const answers = bubbles.slice(bubbles.findLastIndex(({ direction }) => direction === "in") + 1);
  const choices = answers.flatMap(({ content }) => content.choices ?? []);
  const service = choices.find(({ payload, title }) => payload?.startsWith("service:") && /limpieza/i.test(title));
  const wanted =
    service ?? WANTED.map((start) => choices.find(({ payload }) => payload?.startsWith(start))).find(Boolean);
  if (wanted?.payload) return { kind: "tap", payload: wanted.payload, title: wanted.title };

  const text = answers.map(({ content }) => content.text ?? "").join("\n");
  if (/a nombre de quién|tu nombre/i.test(text)) return { kind: "say", text: NAME };
  if (/qué día|qué otro día|día y mes/i.test(text)) return { kind: "say", text: "mañana en la tarde" };
  if (/qué servicio/i.test(text)) return { kind: "say", text: "la limpieza facial" };
  return { kind: "done" };
}
