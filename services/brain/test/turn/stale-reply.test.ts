import { describe, expect } from "vitest";
import type { TurnDeps } from "../../src/turn/index.ts";
import { setup, type TalkOptions, test, untilFree } from "./talk.ts";

/** The moments of a turn at which the customer writes again, and whether something was done by then. */
const PHASES = [
  { at: "turn", acted: false },
  { at: "facts", acted: false },
  { at: "thinking", acted: false },
  { at: "llm", acted: false },
  { at: "acting:tool:book_appointment", acted: true },
  { at: "booking", acted: true },
  { at: "tool:book_appointment", acted: true },
  { at: "commit", acted: true },
] as const;
const TIMES = 200;
const AT_ONCE = 20;

type Heard = Parameters<TurnDeps["decide"]>[0]["history"];

/** One conversation in which "mejor el martes" comes at the given moment of the turn that answers the first message. */
async function injected(
  fixtures: Parameters<typeof setup>[0],
  first: string,
  { at, hinted }: { at: (typeof PHASES)[number]["at"]; hinted: boolean },
) {
  let come = false;
  const heard: Heard[] = [];
  const write = async (moment: string) => {
    if (moment !== at || come) return;
    come = true;
    await talk.says("2", "mejor el martes");
  };
  const options: TalkOptions = {
    onAppend: ({ kind }) => write(kind),
    think: async (said) => {
      await write("thinking");
      return said;
    },
    beforeCommit: () => write("commit"),
  };
  const talk = setup(fixtures, options);
  const { decide, tools } = talk.deps;
  talk.deps.decide = (input) => {
    heard.push(input.history);
    return decide(input);
  };
  const book = tools.book_appointment;
  talk.deps.tools = {
    ...tools,
    book_appointment: {
      ...book,
      async perform(input, context) {
        const result = await book.perform(input, context);
        await write("booking");
        return result;
      },
    },
  };
  // A hint may be lost: then only the log tells of the message.
  if (!hinted) talk.deps.watch = () => ({ stop() {} });
  await talk.says("1", first);
  const kinds: string[] = [];
  while (kinds.at(-1) !== "nothing_new" && kinds.length < 5) kinds.push((await untilFree(talk.run)).kind);
  return { come, heard, kinds, replies: talk.replies(), bookings: [...talk.calls.bookings.values()] };
}

describe("a message that comes in the middle of a turn, 200 times", () => {
  const cases = Array.from({ length: TIMES }, (_, index) => {
    const phase = PHASES[index % PHASES.length] ?? PHASES[0];
    const round = Math.floor(index / PHASES.length);
    // Every second round nothing is to be done: then no moment is too late.
    const first = round % 2 === 0 ? "reserva" : "hola";
    return { phase, first, hinted: round % 4 < 2 };
  }).map(({ phase, first, hinted }) => {
    // A turn that does nothing has fewer moments.
    const at = first === "hola" && phase.acted ? "commit" : phase.at;
    return { at, first, hinted, acted: first === "reserva" && phase.acted } as const;
  });

  test("is part of the one answer before the first effect, and gets a second one that knows the first after it", async ({
    bus,
    coordination,
  }) => {
    for (let start = 0; start < cases.length; start += AT_ONCE) {
      const batch = cases.slice(start, start + AT_ONCE);
      const results = await Promise.all(
        batch.map(({ first, at, hinted }) => injected({ bus, coordination }, first, { at, hinted })),
      );
      for (const [index, result] of results.entries()) {
        const { acted, at, first, hinted } = batch[index] ?? cases[0] ?? { at: "", first: "", hinted: false };
        const where = `${first}, ${at}, ${hinted ? "hinted" : "unhinted"}`;
        expect(result.come, where).toBe(true);
        expect(result.bookings, where).toEqual(first === "reserva" ? [1] : []);
        expect(result.heard.at(-1)?.at(-1)?.text, where).toContain("mejor el martes");
        if (acted) {
          expect(result.replies, where).toEqual(["Reservado", "Dijiste: mejor el martes"]);
          expect(
            result.heard.at(-1)?.map(({ text }) => text),
            where,
          ).toContain("Reservado");
        } else {
          expect(result.replies, where).toEqual([first === "reserva" ? "Reservado" : "Dijiste: hola\nmejor el martes"]);
          expect(result.heard.at(-1)?.at(-1)?.text, where).toContain(first);
        }
      }
    }
  });
});

test("a customer who writes every second is answered when the longest wait is over", async ({ bus, coordination }) => {
  let seconds = 0;
  const started = Date.now();
  const options: TalkOptions = {
    now: () => new Date(started + seconds * 1_000),
    think: async (said, signal) => {
      seconds += 1;
      await talk.says(String(seconds), `mensaje ${seconds}`);
      signal.throwIfAborted();
      return said;
    },
  };
  const talk = setup({ bus, coordination }, options);
  await talk.says("0", "mensaje 0");
  const kinds: string[] = [];
  while (kinds.at(-1) !== "committed" && kinds.length < 60) kinds.push((await talk.run()).kind);
  expect(seconds).toBe(30);
  expect(new Set(kinds.slice(0, -1))).toEqual(new Set(["interrupted"]));
  expect(talk.replies()).toHaveLength(1);
  expect(talk.replies()[0]).toContain("mensaje 29");
});
