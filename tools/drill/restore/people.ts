import { setTimeout as pause } from "node:timers/promises";
import { nextMove } from "../../fleet/demo-customer.ts";
import { type Bubble, openSimulatedPhone } from "../../fleet/simulated-phone.ts";

export const AURORA = { organizationId: "a0000000-0000-4000-8000-000000000001", app: "AuroraDemo" };

/** Who takes part: when each wrote, relative to the backups, is her name. */
export const PEOPLE = {
  /** Booked before both backups. */
  before: "573007770001",
  /** Booked between the early and the late one. */
  between: "573007770002",
  /** Was asked for her yes between them, and gives it after the restore. */
  open: "573007770003",
  /** Asked and was answered after both. */
  after: "573007770004",
} as const;
export type Person = keyof typeof PEOPLE;

const LOOK_EVERY_MS = 100;
const QUIET_MS = 600;
const ANSWER_WITHIN_MS = 60_000;
const MAX_MOVES = 10;

/** The phone of one of them. */
export function phoneOf(simulators: string, person: Person) {
  const phone = openSimulatedPhone(simulators, AURORA.app, PEOPLE[person]);
  const untilAnswered = async (limitMs: number): Promise<readonly Bubble[] | null> => {
    const deadline = performance.now() + limitMs;
    let [count, changedAt] = [-1, performance.now()];
    while (performance.now() < deadline) {
      const bubbles = await phone.bubbles();
      if (bubbles.length !== count) changedAt = performance.now();
      count = bubbles.length;
      if (bubbles.at(-1)?.direction === "out" && performance.now() - changedAt > QUIET_MS) return bubbles;
      await pause(LOOK_EVERY_MS);
    }
    return null;
  };
  const answers = async () => (await phone.bubbles()).filter(({ direction }) => direction === "out");
  return {
    answers,
    /** Says something; false when nobody answers in time. */
    async ask(text: string, limitMs = ANSWER_WITHIN_MS): Promise<boolean> {
      await phone.say(text);
      return (await untilAnswered(limitMs)) !== null;
    },
    /** Books, or goes only as far as the agent's last question. */
    async book(halfway = false): Promise<void> {
      await phone.say("Quiero una limpieza facial mañana en la tarde");
      for (let moves = 0; moves < MAX_MOVES; moves += 1) {
        const bubbles = (await untilAnswered(ANSWER_WITHIN_MS)) ?? [];
        const asked = bubbles.at(-1)?.content.text ?? "";
        if (/quedó agendada/.test(asked) || (halfway && /¿La agendo\?/.test(asked))) return;
        const move = nextMove(bubbles);
        if (move.kind === "done") return;
        await (move.kind === "tap" ? phone.tap(move.payload) : phone.say(move.text));
      }
    },
    /** What the customer was promised, as far as her phone shows. */
    async promises(): Promise<number> {
      return (await answers()).filter(({ content }) => /quedó agendada/.test(content.text ?? "")).length;
    },
  };
}
