import { PermanentError, RetryableError } from "@skytide/errors";
import { createNoticeReceipt, createTemplateChanged } from "@skytide/events";
import { describe, expect, test } from "vitest";
import { createNoticeReceipts } from "../src/notice-receipts.ts";
import { createHandoffGiveUp, createHandoffTending, type HandoffDeps } from "../src/tend-handoff.ts";
import { chat, createNoticeRoom, escalationId, organizationId } from "./notice-room.ts";

const MINUTE = 60_000;
const FIRST = "e5ca1a7e-0000-4000-8000-000000000001";
const task = () => ({ organizationId, chat, signal: new AbortController().signal });

/** A hand-off of which staff were told at the beginning: told again every 15 minutes, given up after 60, back after two hours of quiet. */
function createHandoffRoom(settings: { renotify?: number | null; giveUp?: number | null; quiet?: number | null } = {}) {
  const room = createNoticeRoom();
  const { renotify = 15, giveUp = 60, quiet = 120 } = settings;
  const toldAt = room.deps.now().getTime();
  const world = {
    botEnabled: false,
    staffWroteAt: null as number | null,
    unanswered: false,
    ended: false,
    toldAgainAt: toldAt,
  };
  const timer = { at: null as number | null };
  const standing = { failed: null as { round: number; standing: number } | null };
  const plus = (from: number, minutes: number | null) =>
    minutes === null ? null : new Date(from + minutes * MINUTE).toISOString();
  const deps: HandoffDeps = {
    ...room.deps,
    notices: {
      ...room.deps.notices,
      settleNoticeRound: async (of) => {
        world.toldAgainAt = room.deps.now().getTime();
        await room.deps.notices.settleNoticeRound(of);
      },
    },
    handoffs: {
      lookAtHandoff: async () => {
        const resumesAt = plus(world.staffWroteAt ?? toldAt, quiet);
        const resumed = !world.botEnabled && resumesAt !== null && Date.parse(resumesAt) <= room.deps.now().getTime();
        if (resumed) world.botEnabled = true;
        const waits = world.staffWroteAt === null && !world.unanswered;
        return {
          botEnabled: world.botEnabled,
          resumed,
          resumesAt: world.botEnabled ? null : resumesAt,
          escalation:
            world.botEnabled || world.ended
              ? null
              : {
                  id: escalationId,
                  rounds: room.world.notice.rounds,
                  answered: world.staffWroteAt !== null,
                  tellAgainAt: waits ? plus(world.toldAgainAt, renotify) : null,
                  giveUpAt: waits ? plus(toldAt, giveUp) : null,
                },
        };
      },
      settleUnanswered: async ({ undelivered }) => {
        world.unanswered = true;
        if (undelivered) Object.assign(world, { ended: true, botEnabled: true });
      },
    },
    arm: async (_conversation, at) => {
      timer.at = at.getTime();
    },
  };
  const tend = createHandoffTending(deps);
  const receive = createNoticeReceipts({
    ...deps,
    failNotice: async () =>
      standing.failed && { organizationId, escalationId, chat, open: !world.ended, ...standing.failed },
    templates: { first: FIRST, fallback: undefined },
  });
  return {
    ...room,
    deps,
    tend,
    giveUp: createHandoffGiveUp(deps),
    handoff: world,
    timer,
    standing,
    receive: (json: object) => receive({ json, publishedAt: room.deps.now(), ...task() }),
    /** Lets so many minutes pass; a timer that is due meanwhile fires. */
    async minutes(count: number) {
      const end = room.deps.now().getTime() + count * MINUTE;
      while (timer.at !== null && timer.at <= end) {
        room.pass(timer.at - room.deps.now().getTime());
        timer.at = null;
        await tend(task());
      }
      room.pass(end - room.deps.now().getTime());
    },
    types: () => room.published.map(({ type }) => type),
  };
}

describe("a hand-off that nobody answers", () => {
  test("is told again and again, then the customer is told once, then all is quiet until the agent comes back", async () => {
    const room = createHandoffRoom();
    await room.tend(task());
    await room.minutes(59);
    expect(room.published).toMatchObject(
      [2, 3, 4].map((round) => ({ type: "escalation.renotified", data: { round } })),
    );
    await room.minutes(60);
    expect(room.types().slice(3)).toEqual(["escalation.unanswered"]);
    expect(room.published.at(-1)).toMatchObject({ chat, data: { escalationId, reason: "no_answer" } });
    expect(room.handoff.botEnabled).toBe(false);
    await room.minutes(2);
    expect(room.handoff.botEnabled).toBe(true);
    expect(room.timer.at).toBeNull();
  });

  test("tells the alternatives too, from the second time on", async () => {
    const room = createHandoffRoom();
    const recipients = ["573009990001", "573009990002"].map((phone, index) => ({ phone, alternative: index === 1 }));
    room.world.notice = { ...room.world.notice, recipients };
    await room.tend(task());
    await room.minutes(15);
    expect(room.calls.map(({ destination }) => destination)).toEqual(["573009990001", "573009990002"]);
    expect(room.published).toMatchObject([{ data: { recipients: 2 } }]);
  });

  test("of an organization that wants neither is left alone", async () => {
    const room = createHandoffRoom({ renotify: null, giveUp: null, quiet: null });
    await expect(room.tend(task())).resolves.toBe("skipped");
    expect(room.timer.at).toBeNull();
    expect(room.calls).toEqual([]);
  });

  test("is given up for the customer even when staff cannot be told again", async () => {
    const room = createHandoffRoom();
    room.answers.push(...Array.from({ length: 8 }, () => new RetryableError("upstream-5xx", "Gupshup answered 503.")));
    room.pass(15 * MINUTE);
    await expect(room.tend(task())).rejects.toThrow(RetryableError);
    await room.giveUp(task());
    expect(room.timer.at).not.toBeNull();
    room.answers.length = 0;
    await room.minutes(60);
    expect(room.types()).toContain("escalation.unanswered");
  });
});

describe("a hand-off that staff answer", () => {
  test("is not told again, and the agent comes back only after the last word's quiet time", async () => {
    const room = createHandoffRoom();
    await room.tend(task());
    for (let word = 0; word < 5; word += 1) {
      await room.minutes(14);
      room.handoff.staffWroteAt = room.deps.now().getTime();
    }
    expect(room.types()).toEqual([]);
    await room.minutes(119);
    expect(room.handoff.botEnabled).toBe(false);
    await room.minutes(2);
    expect(room.handoff.botEnabled).toBe(true);
  });
});

describe("a notice that fails after it was taken", () => {
  const receipt = (status: "failed" | "delivered") =>
    createNoticeReceipt({ providerMessageId: "gs-1", status, code: 131026, at: "2026-11-22T15:00:10.000Z" });

  test("is passed over while others were reached", async () => {
    const room = createHandoffRoom();
    room.standing.failed = { round: 1, standing: 1 };
    await expect(room.receive(receipt("failed"))).resolves.toBe("ok");
    expect(room.records).toMatchObject([{ outcome: "undelivered", code: "131026" }]);
    expect(room.calls).toEqual([]);
  });

  test("and was the only one: everybody is tried once more at once", async () => {
    const room = createHandoffRoom();
    room.standing.failed = { round: 1, standing: 0 };
    await room.receive(receipt("failed"));
    expect(room.published).toMatchObject([{ type: "escalation.renotified", data: { round: 2 } }]);
  });

  test("and nobody can be reached: the customer is told, and the agent goes on", async () => {
    const room = createHandoffRoom();
    room.standing.failed = { round: 1, standing: 0 };
    room.answers.push(new PermanentError("gupshup-destination-invalid", "refused"));
    await room.receive(receipt("failed"));
    expect(room.published).toMatchObject([{ type: "escalation.unanswered", data: { reason: "undelivered" } }]);
    expect(room.handoff.botEnabled).toBe(true);
  });

  test("a receipt that overtook the record of its send waits for it", async () => {
    const room = createHandoffRoom();
    await expect(room.receive(receipt("failed"))).rejects.toMatchObject({ code: "notice-unknown" });
    await expect(room.receive(receipt("delivered"))).resolves.toBe("skipped");
    await expect(room.receive({ type: "notice.accepted" })).resolves.toBe("skipped");
  });
});

test("a template that the provider pauses is counted for the alert, another's is not", async () => {
  const room = createHandoffRoom();
  const at = "2026-11-22T15:00:10.000Z";
  await room.receive(createTemplateChanged("fleet", { templateId: FIRST, status: "paused", at }));
  await room.receive(createTemplateChanged("fleet", { templateId: "another", status: "paused", at }));
  await room.receive(createTemplateChanged("fleet", { templateId: FIRST, status: "approved", at }));
  const line = 'skytide_notice_template_troubles_total{template="first",trouble="paused"}';
  expect(await room.metric(line)).toContain(" 1");
});
