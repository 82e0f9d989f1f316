import type { ModelRequest } from "./model-request.ts";
import { isAlike, isAspect, toTokens } from "./spanish/tokens.ts";

/** What the instructions may ask for where the passages hold no answer. */
const NO_ANSWER = "NO_ANSWER";
const MAX_SENTENCES = 2;
/** A list of prices is one answer, however many lines it has. */
const MAX_EQUAL = 6;

interface Sentence {
  text: string;
  passage: number;
  place: number;
  score: number;
}

/** Writes a short answer that consists of sentences of the request's passages and nothing else. */
export function writeAnswer(request: ModelRequest): string {
  const question = /<question>([\s\S]*?)<\/question>/.exec(request.context)?.[1] ?? request.customerText;
  const passages = passagesIn(request.context);
  const asked = toTokens(question);
  const best = bestSentences(passages, asked);
  if (best.length > 0) return [...best, ...otherHalf(passages, asked, best)].join(" ");
  return request.context.includes(NO_ANSWER) ? NO_ANSWER : "No tengo esa información a la mano.";
}

interface Passage {
  title: string;
  text: string;
}

function passagesIn(context: string): Passage[] {
  const block = /<passages>([\s\S]*?)<\/passages>/.exec(context)?.[1] ?? "";
  return [...block.matchAll(/<passage([^>]*)>([\s\S]*?)<\/passage>/g)].map(([_, attributes = "", text = ""]) => ({
    title: /title="([^"]*)"/.exec(attributes)?.[1] ?? "",
    text: text.trim(),
  }));
}

function bestSentences(passages: readonly Passage[], asked: readonly string[]): string[] {
  const aspects = asked.filter(isAspect);
  const sentences = passages.flatMap(({ title, text }, passage) => {
    const titleHits = countHits(toTokens(title), asked);
    return splitSentences(text).flatMap((sentence, place): Sentence[] => {
      const hits = countHits(toTokens(sentence), asked);
      // Who asks how long the massage takes is not answered by what it costs.
      if (aspects.length > 0 && countHits(toTokens(`${title} ${sentence}`), aspects) === 0) return [];
      return [{ text: sentence, passage, place, score: hits === 0 ? titleHits / 2 : hits + titleHits / 2 }];
    });
  });
  const top = Math.max(0, ...sentences.map(({ score }) => score));
  // One word of several in common is chance.
  if (top === 0 || top < Math.min(1, asked.length / 4)) return [];
  const leader = sentences.find(({ score }) => score === top);
  const near = sentences.filter(({ passage, score }) => passage === leader?.passage && score >= top * 0.75);
  const best = near.filter(({ score }) => score === top);
  return (
    best.length > 1 ? best.slice(0, MAX_EQUAL) : near.toSorted((a, b) => b.score - a.score).slice(0, MAX_SENTENCES)
  )
    .sort((a, b) => a.place - b.place)
    .map(({ text }) => text);
}

/** A question of two things ("¿cuánto cuesta y dónde quedan?"): what the first answer leaves open, where another passage's title names it. */
function otherHalf(passages: readonly Passage[], asked: readonly string[], best: readonly string[]): string[] {
  const answered = toTokens(best.join(" "));
  const open = asked.filter((word) => !answered.some((token) => isAlike(token, word)));
  const others = passages.filter(({ title, text }) => {
    const isAnother = !best.some((sentence) => text.includes(sentence.slice(1, -1)));
    return isAnother && countHits(toTokens(title), open) > 0;
  });
  return bestSentences(others, open).slice(0, 1);
}

function countHits(tokens: readonly string[], asked: readonly string[]): number {
  return new Set(asked.filter((word) => tokens.some((token) => isAlike(token, word)))).size;
}

/** At the ends of sentences and lines, and at the semicolons of a list; the point in "$80.000" or "a. m." is none. */
function splitSentences(text: string): string[] {
  return text
    .split(/\n+|;\s+|(?<=[.!?])(?<!\b[ap]\.)\s+(?=[\p{Lu}¿¡])/u)
    .map((sentence) => sentence.replace(/^[-*•\s]+/, "").trim())
    .filter((sentence) => sentence !== "")
    .map((sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1) + (/[.!?]$/.test(sentence) ? "" : "."));
}
