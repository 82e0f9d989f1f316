import { expect } from "vitest";
import { chart, type createDecider } from "../../src/conversation/index.ts";
import { createTurn } from "../../src/turn/index.ts";
import { services } from "../conversation/aurora.ts";
import { at, book, day } from "../conversation/dialogue.ts";
import { organizationId } from "../events.ts";
import { noSignal, setup, test, untilFree } from "./talk.ts";
import { createWorld } from "./world.ts";

type World = ReturnType<typeof createWorld>;
type Conversation = typeof import("../../src/conversation/index.ts");

const CONVERSATIONS = 24;
const WANTED = "quiero una limpieza facial el martes";
const LINES = [WANTED, "a las 10", "mejor a las 11", "sí, por favor"] as const;
const script = {
  [WANTED]: book({ service_id: services.facial.id, day: day("weekday", { weekday: "tuesday" }) }),
  "mejor a las 11": book({ time: at(11) }),
};
const SUNDAY_NOON = Date.parse("2026-11-22T19:05:00.000Z");

/** The version before this one, as its revision had it (docs/decisions/0046). */
const older = (await import(
  new URL("../versions/conversation-v2.generated.js", import.meta.url).href
)) as unknown as Conversation;

type Model = Parameters<typeof createDecider>[0]["model"];

/** A model fills in the fields that it is offered: those of the older version know no question beside a wish. */
function modelOfOlder({ choose }: Pick<World["model"], "choose">): Model {
  return {
    async choose(request: Parameters<typeof choose>[0]) {
      const choice = await choose(request);
      if (choice.kind !== "chosen") return choice;
      const { also_asks: _, ...known } = Object(choice.arguments);
      return { ...choice, arguments: known };
    },
  } as unknown as Model;
}

/** Which of the two brains takes a message, by the step of the rollout. */
const ROLLOUT = {
  forward: ["older", "both", "both", "newer"],
  back: ["newer", "both", "older", "both"],
} as const;

/** Numbers that look random and are the same in every run. */
function createRandom(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test("the fixture is the version before this one", () => {
  expect(older.chart.version).toBe(2);
  expect(chart.version).toBeGreaterThan(older.chart.version);
});

test.for(Object.keys(ROLLOUT) as (keyof typeof ROLLOUT)[])(
  "two brains of different versions side by side, %s: every booking is made once, every message answered once, nothing rebuilt",
  async (direction, { bus, coordination }) => {
    const results = await Promise.all(
      Array.from({ length: CONVERSATIONS }, async (_, index) => {
        const random = createRandom(index + 1);
        const world = createWorld(script);
        const began = Date.now();
        const now = () => new Date(SUNDAY_NOON + Date.now() - began);
        const talk = setup({ bus, coordination }, { chart, world, now });
        const decide = older.createDecider({ model: modelOfOlder(world.model) });
        const brains = {
          newer: createTurn(talk.deps),
          older: createTurn({ ...talk.deps, chart: { ...older.chart, mayNudge: () => false }, decide }),
        };
        const rebuilt: unknown[] = [];
        const versions: number[] = [];
        let leftAlone = 0;
        for (const [step, line] of LINES.entries()) {
          await talk.says(String(step), line);
          const serving = ROLLOUT[direction][step] ?? "both";
          // What an older brain leaves alone, its timer brings again, to any brain there is: in the end to a newer one.
          for (let deliveries = 0; ; deliveries += 1) {
            const any = random() < 0.5 ? "newer" : "older";
            const brain = deliveries > 2 ? "newer" : serving === "both" ? any : serving;
            const due = { organizationId, chat: talk.chat, signal: noSignal };
            const result = await untilFree(() => brains[brain](due));
            if (result.kind === "newer_version") leftAlone += 1;
            if (result.kind === "committed") {
              rebuilt.push(result.report.rebuilt);
              versions.push((await talk.state())?.version ?? 0);
              break;
            }
            expect(result.kind).toBe("newer_version");
          }
        }
        return { talk, world, rebuilt, versions, leftAlone, log: await talk.readLog() };
      }),
    );
    for (const { talk, world, rebuilt, versions, log } of results) {
      const where = `${direction}: versions ${versions.join(", ")}\n${log.replies.join("\n")}`;
      expect(rebuilt, where).toEqual([null, null, null, null]);
      expect(versions.toSorted(), where).toEqual(versions);
      expect(
        [...world.done.keys()].filter((key) => key.startsWith("book ")),
        where,
      ).toHaveLength(1);
      expect(log.replies.at(-1), where).toMatch(/quedó agendada.*11:00/s);
      const answered = talk.committed.flatMap((event) =>
        event.type === "turn.completed" ? event.data.messageIds : [],
      );
      expect(answered, where).toEqual(LINES.map((_, step) => `${talk.chat}-${step}`));
    }
    const mixed = results.filter(({ versions }) => new Set(versions).size > 1);
    if (direction === "forward") expect(mixed).toHaveLength(CONVERSATIONS);
    else expect(results.some(({ leftAlone }) => leftAlone > 0)).toBe(true);
  },
);
