import { expect } from "vitest";
import { chart } from "../../src/conversation/index.ts";
import { services } from "../conversation/aurora.ts";
import { at, book, change, day } from "../conversation/dialogue.ts";
import { setup, test, untilFree } from "./talk.ts";
import { createWorld } from "./world.ts";

const SUNDAY_NOON = Date.parse("2026-11-22T19:05:00.000Z");
const AT_ONCE = 12;
const NOTIFIED = "(staff were notified)";
const WANTED = "quiero una limpieza facial el martes a las 10";

/** What the customer writes, turn by turn, and what the model makes of it. */
const DIALOGUES = {
  booking: {
    lines: [WANTED, "sí, por favor"],
    script: {
      [WANTED]: book({
        service_id: services.facial.id,
        day: day("weekday", { weekday: "tuesday" }),
        time: at(10),
      }),
    },
    done: [/^book /],
    says: /quedó agendada/,
  },
  reschedule: {
    lines: ["quiero mover mi cita", "el jueves", "a las 3", "sí, cámbiala"],
    script: {
      "quiero mover mi cita": change("move"),
      "el jueves": book({ day: day("weekday", { weekday: "thursday" }) }),
    },
    done: [/^move /],
    says: /quedó cambiada/,
  },
  escalation: {
    lines: ["quiero hablar con un asesor", NOTIFIED],
    script: {},
    done: [/^escalate /, /^bot off/],
    says: /ya avisé a nuestro equipo/,
  },
} as const;

/** The places of a conversation at which a process may die, counted through all its turns. */
const PLACES = ["before the step is recorded", "after it", "before the commit", "after it is stored"] as const;
interface Crash {
  place: (typeof PLACES)[number];
  /** The how-manieth of its kind. */
  count: number;
}

async function play(fixtures: Parameters<typeof setup>[0], name: keyof typeof DIALOGUES, crash?: Crash) {
  const { lines, script } = DIALOGUES[name];
  const world = createWorld(script, { appointments: name === "reschedule" });
  const passed = new Map<string, number>();
  let crashedIn: string | null = null;
  const passes = (place: Crash["place"], step: string) => {
    const count = (passed.get(place) ?? 0) + 1;
    passed.set(place, count);
    if (crash === undefined || crashedIn !== null || place !== crash.place || count !== crash.count) return;
    crashedIn = step;
    throw new Error("crash");
  };
  const began = Date.now();
  const talk = setup(fixtures, {
    chart,
    world,
    now: () => new Date(SUNDAY_NOON + Date.now() - began),
    beforeAppend: ({ kind }) => passes("before the step is recorded", kind),
    onAppend: ({ kind }) => passes("after it", kind),
    beforeCommit: async () => passes("before the commit", "commit"),
    afterCommit: async () => passes("after it is stored", "commit"),
  });
  for (const [index, line] of lines.entries()) {
    if (line === NOTIFIED) await talk.happens("escalation.notified", { escalationId: world.ESCALATION, recipients: 1 });
    else await talk.says(String(index), line);
    for (let deliveries = 0; deliveries < 4; deliveries += 1) {
      const result = await untilFree(talk.run).catch((error: Error) => {
        expect(error.message).toBe("crash");
        return null;
      });
      if (result?.kind === "nothing_new") break;
    }
  }
  const log = await talk.readLog();
  return { world, passed, crashedIn: crashedIn as string | null, log };
}

test.for(Object.keys(DIALOGUES) as (keyof typeof DIALOGUES)[])(
  "a crash at every step of a %s: one effect, one reply to each message, no recorded model call repeated",
  async (name, { bus, coordination }) => {
    const fixtures = { bus, coordination };
    const plain = await play(fixtures, name);
    expect(plain.log.replies.join("\n")).toMatch(DIALOGUES[name].says);
    const crashes = PLACES.flatMap((place) =>
      Array.from({ length: plain.passed.get(place) ?? 0 }, (_, index) => ({ place, count: index + 1 })),
    );
    expect(crashes.length).toBeGreaterThan(10);
    for (let start = 0; start < crashes.length; start += AT_ONCE) {
      const batch = crashes.slice(start, start + AT_ONCE);
      const results = await Promise.all(batch.map((crash) => play(fixtures, name, crash)));
      for (const [index, { crashedIn, log, world }] of results.entries()) {
        const where = `${batch[index]?.place} ${crashedIn}`;
        expect(crashedIn, where).not.toBeNull();
        expect(log.replies, where).toEqual(plain.log.replies);
        expect(log.state, where).toEqual(plain.log.state);
        for (const kind of DIALOGUES[name].done) {
          expect(
            [...world.done.keys()].filter((key) => kind.test(key)),
            where,
          ).toHaveLength(1);
        }
        // Only what was not recorded yet is asked again.
        const lost = crashedIn === "decide" && batch[index]?.place === "before the step is recorded" ? 1 : 0;
        expect(world.calls.model, where).toBe(plain.world.calls.model + lost);
      }
    }
  },
);
