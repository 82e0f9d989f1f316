import { setTimeout as pause } from "node:timers/promises";
import type { Stage } from "@skytide/events";
import { type CustomerReport, type Line, playCustomer } from "./customer.ts";

/** What a crowd says to keep a stage busy, and when that reaches the stage: after the debounce, after the turn. */
const LINES: Readonly<Record<Stage, { line: Line; afterMs: number }>> = {
  ingest: { line: "¿Dónde están ubicados?", afterMs: 30 },
  media: { line: { voiceNote: "nota-precio" }, afterMs: 60 },
  brain: { line: "¿Qué servicios tienen?", afterMs: 550 },
  outbound: { line: "¿Dónde están ubicados?", afterMs: 800 },
  notifier: { line: "quiero hablar con una persona", afterMs: 1_000 },
};
const ANSWER_WITHIN_MS = 180_000;

/** Customers who all write at the same moment. */
export interface Crowd {
  /** Resolves when what they wrote should be in the stage's hands; new customers every time. */
  come(stage: Stage): Promise<void>;
  /** Waits for the answers. */
  reports(): Promise<CustomerReport[]>;
}

/** A crowd of that many. */
export function createCrowd(simulators: string, size: number): Crowd {
  const playing: Promise<CustomerReport>[] = [];
  const never = new AbortController().signal;
  const common = { simulators, app: "AuroraDemo", repeat: false, thinkMs: 0, enough: never };
  return {
    async come(stage) {
      const { line, afterMs } = LINES[stage];
      for (let index = 0; index < size; index += 1) {
        const phone = `57300666${1_000 + playing.length}`;
        playing.push(playCustomer({ ...common, phone, lines: [line], answerWithinMs: ANSWER_WITHIN_MS }));
      }
      await pause(afterMs);
    },
    reports: () => Promise.all(playing),
  };
}
