import { hashKeysSchema, type ReplyRequested } from "@skytide/events";
import { createLogger, createMetrics } from "@skytide/telemetry";
import { createNotifierMetrics } from "../../src/metrics.ts";
import { createReminderArming } from "../../src/reminders/arm-reminder.ts";
import { createReminderFiring } from "../../src/reminders/fire-reminder.ts";
import { createReminderReconciling } from "../../src/reminders/reconcile-reminders.ts";
import type { ReminderDeps, ReminderFacts } from "../../src/reminders/reminder-types.ts";

export const key = {
  organizationId: "a0000000-0000-4000-8000-000000000001",
  appointmentId: "c2000000-0000-4000-8000-000000000001",
};
export const chat = "k1_AAAAAAAAAAAAAAAAAAAAAA";
export const buttonKeys = hashKeysSchema.parse("b1:0123456789abcdef");

/** Tuesday 24 November 2026, 10:00 in Bogotá, booked two days before. */
export const APPOINTMENT: ReminderFacts = {
  ...key,
  status: "programada",
  startsAt: "2026-11-24T15:00:00.000Z",
  serviceName: "Limpieza facial",
  memberName: "Ana Ruiz",
  organizationName: "Aurora Estética",
  timezone: "America/Bogota",
  locale: "es-CO",
  agentEnabled: true,
  paused: false,
  reminderMinutes: 1440,
  templateId: "2e314de2-0000-4000-8000-000000000001",
  quietHours: { start: "20:00", end: "08:00" },
  arrangedAt: "2026-11-22T15:00:00.000Z",
  firstName: "Laura",
  consent: "opt_in",
  customer: { platformUserId: "573001110001", chat },
  requested: false,
};

/** What a killed process looks like from inside. */
export class Crash extends Error {}

/** The rules of reminders with log, timers and database in memory: one timer per appointment, replies stored once per id. */
export function createReminderRoom() {
  let time = Date.parse("2026-11-22T15:00:00.000Z");
  const registry = createMetrics({ version: "test", processMetrics: false });
  const world = { appointment: APPOINTMENT as ReminderFacts | null, timer: null as Date | null, crashAt: "" };
  const replies = new Map<string, ReplyRequested>();
  const remembered = new Set<string>();
  const opened: unknown[] = [];
  const deps: ReminderDeps = {
    facts: async () =>
      world.appointment && {
        ...world.appointment,
        requested: remembered.has(world.appointment.startsAt),
      },
    remember: async ({ startsAt }) => void remembered.add(startsAt),
    openConversation: async (of) => void opened.push(of),
    publish: async (reply) => void replies.set(reply.id, reply),
    arm: async (_key, at) => {
      world.timer = at;
    },
    disarm: async () => {
      world.timer = null;
    },
    chatKeys: hashKeysSchema.parse("k1:0123456789abcdef"),
    buttonKeys,
    now: () => new Date(time),
    crashPoint: (name) => {
      if (world.crashAt !== name) return;
      world.crashAt = "";
      throw new Crash();
    },
    metrics: createNotifierMetrics(registry),
    log: createLogger({ service: "test", stage: "notifier", version: "test", level: "silent" }),
  };
  const fire = createReminderFiring(deps);
  return {
    deps,
    world,
    opened,
    replies: () => [...replies.values()],
    /** The appointment lane told of it. */
    hear: () => createReminderArming(deps)(key),
    fire: () => fire(key),
    reconcile: () =>
      createReminderReconciling({
        ...deps,
        list: async ({ after }) => {
          const facts = await deps.facts(key);
          return after === undefined && facts !== null && !facts.requested ? [facts] : [];
        },
      })(new AbortController().signal),
    /** Lets the clock run to an instant; a timer that is due meanwhile fires, as often as it is set anew. */
    async until(instant: string) {
      const end = Date.parse(instant);
      while (world.timer !== null && world.timer.getTime() <= end) {
        time = Math.max(time, world.timer.getTime());
        world.timer = null;
        await fire(key);
      }
      time = end;
    },
    change(facts: Partial<ReminderFacts>) {
      if (world.appointment !== null) world.appointment = { ...world.appointment, ...facts };
    },
    outcome: async (outcome: string) => {
      const line = `skytide_reminders_total{outcome="${outcome}"}`;
      const row = (await registry.exposition()).body.split("\n").find((one) => one.startsWith(line));
      return Number(row?.slice(line.length) ?? 0);
    },
  };
}
