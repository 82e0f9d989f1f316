import type { EffectOutput, OwnAppointment, TurnFacts } from "../../src/conversation/index.ts";

/** The facts of a turn at Aurora Estética, as data. Sunday 22 November 2026, 14:05 in Bogotá. */
const SUNDAY_NOON = "2026-11-22T19:05:00.000Z";

export const services = {
  facial: service("5e000000-0000-4000-8000-000000000001", "Limpieza facial", 60, 120_000),
  massage: service("5e000000-0000-4000-8000-000000000002", "Masaje relajante", 45, 90_000),
  whitening: service("5e000000-0000-4000-8000-000000000003", "Blanqueamiento", 30, 250_000),
  deep: service("5e000000-0000-4000-8000-000000000004", "Limpieza profunda", 90, 180_000),
  botox: {
    ...service("5e000000-0000-4000-8000-000000000005", "Toxina botulínica", 30, 800_000),
    requiresAssessment: true,
    assessmentServiceId: "5e000000-0000-4000-8000-000000000006",
  },
  assessment: service("5e000000-0000-4000-8000-000000000006", "Valoración médica", 20, 50_000),
  surgery: {
    ...service("5e000000-0000-4000-8000-000000000007", "Cirugía de párpados", 120, 3_000_000),
    isBookable: false,
  },
};

function service(id: string, name: string, durationMinutes: number, priceCop: number) {
  return {
    id,
    name,
    description: null,
    durationMinutes,
    priceCop,
    isBookable: true,
    requiresAssessment: false,
    assessmentServiceId: null as string | null,
  };
}

export const ana = { id: "3e000000-0000-4000-8000-000000000001", name: "Ana Ruiz" };
export const sofia = { id: "3e000000-0000-4000-8000-000000000002", name: "Sofía Gil" };
export const laura = { id: "c0000000-0000-4000-8000-000000000001", firstName: "Laura", lastName: "Gómez" };

/** An appointment that Laura has with Ana. */
export function appointmentOn(id: string, date: string, startTime: string, service = services.facial): OwnAppointment {
  const { startsAt, endTime } = free(date, startTime);
  return {
    id,
    serviceId: service.id,
    serviceName: service.name,
    memberId: ana.id,
    memberName: ana.name,
    date,
    startTime,
    endTime,
    startsAt,
    status: "programada",
  };
}

/** Facts of a turn; what a test cares about is overridden. */
export function facts(overrides: Partial<TurnFacts> = {}): TurnFacts {
  return {
    turnId: "turn-1",
    now: SUNDAY_NOON,
    botEnabled: true,
    organization: { name: "Aurora Estética", timezone: "America/Bogota", locale: "es-CO" },
    contact: laura,
    services: Object.values(services),
    members: [ana, sofia],
    appointments: [],
    consent: "opt_in",
    openEscalation: null,
    ...overrides,
  };
}

export type FreeSlot = Extract<EffectOutput<"check_availability">, { kind: "slots" }>["slots"][number];

/** A free hour in Bogotá. */
export function free(date: string, startTime: string, member = ana): FreeSlot {
  const minutes = Number(startTime.slice(0, 2)) * 60 + Number(startTime.slice(3)) + 60;
  const endTime = `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return {
    startsAt: `${date}T${startTime}:00-05:00`,
    date,
    startTime,
    endTime,
    memberId: member.id,
    memberName: member.name,
  };
}

/** A day's free hours. */
export function freeDay(date: string, times: readonly string[], member = ana): FreeSlot[] {
  return times.map((time) => free(date, time, member));
}
