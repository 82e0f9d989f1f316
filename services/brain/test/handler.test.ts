import { PermanentError } from "@skytide/errors";
import { dueSubject } from "@skytide/events";
import { expect, test } from "vitest";
import { createDebounceHandler, createTurnHandler } from "../src/handler.ts";
import type { TurnTimers } from "../src/timers.ts";
import type { TurnResult } from "../src/turn/index.ts";
import { chat, described, organizationId, received } from "./events.ts";

const conversation = { organizationId, chat };

function recordingTimers() {
  const calls: string[] = [];
  const record =
    (name: string) =>
    async (_conversation: unknown, at: Date): Promise<void> =>
      void calls.push(`${name} ${at.getTime()}`);
  const timers: TurnTimers = {
    armBurst: record("burst"),
    armNow: record("now"),
    armLater: record("later"),
    armIfWaiting: record("if-waiting"),
    armUnlessPending: async () => false,
    armNudge: record("nudge"),
  };
  return { timers, calls };
}

test("each kind of event arms the timer in its own way, from its own time", async () => {
  const { timers, calls } = recordingTimers();
  const handle = createDebounceHandler(timers);
  expect(await handle({ ...conversation, event: received("m1", "hola", 10) })).toBe("ok");
  expect(await handle({ ...conversation, event: received("m2", { kind: "tap", title: "Sí" }, 20) })).toBe("ok");
  expect(await handle({ ...conversation, event: described("m1", "una foto", 30) })).toBe("ok");
  expect(calls).toEqual(["burst 10", "now 20", "if-waiting 30"]);
});

test("a timer that cannot be armed is the worker's to repeat", async () => {
  const { timers } = recordingTimers();
  const armBurst = () => Promise.reject(new Error("no log"));
  const handle = createDebounceHandler({ ...timers, armBurst });
  await expect(handle({ ...conversation, event: received("m1", "hola") })).rejects.toThrow("no log");
});

function turnHandler(result: TurnResult) {
  const seen: string[] = [];
  const handler = createTurnHandler({
    turn: async (attempt) => {
      seen.push(`${attempt.silent ? "nudge" : "turn"} ${attempt.chat}`);
      return result;
    },
    giveUp: async ({ code, attempts }) => {
      seen.push(`give up ${code} ${attempts}`);
      return "told";
    },
    observe: (_conversation, { kind }) => void seen.push(`observed ${kind}`),
    observeFailure: (_conversation, code, told) => void seen.push(`failed ${code} ${told}`),
  });
  return { handler, seen };
}

const due = {
  ...conversation,
  subject: dueSubject("turn", organizationId, chat),
  signal: new AbortController().signal,
  redelivered: 4,
};

test("a fired timer starts a turn, and how it ended is observed", async () => {
  const { handler, seen } = turnHandler({ kind: "nothing_new" });
  expect(await handler.handle(due)).toBe("duplicate");
  expect(seen).toEqual([`turn ${chat}`, "observed nothing_new"]);
  expect(await turnHandler({ kind: "busy" }).handler.handle(due)).toBe("skipped");
  await handler.handle({ ...due, subject: dueSubject("nudge", organizationId, chat) });
  expect(seen).toContain(`nudge ${chat}`);
});

test("a turn that is given up is told with its code; an error of ours has none", async () => {
  const { handler, seen } = turnHandler({ kind: "busy" });
  await handler.giveUp(due, new PermanentError("step-limit", "too many steps"));
  await handler.giveUp(due, new TypeError("573001110001 is not a function"));
  expect(seen).toEqual([
    "give up step-limit 5",
    "failed step-limit told",
    "give up unexpected 5",
    "failed unexpected told",
  ]);
});
