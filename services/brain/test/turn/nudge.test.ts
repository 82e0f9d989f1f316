import { expect, test } from "vitest";
import { afterQuietHours, nudgeAt } from "../../src/turn/nudge.ts";

const at = (clock: string) => new Date(`2026-11-24T${clock}:00-05:00`);

function organization(settings: { nudgeMinutes?: number | null; quiet?: [string, string] } = {}) {
  const [quietHoursStart, quietHoursEnd] = settings.quiet ?? [null, null];
  const { nudgeMinutes = 30 } = settings;
  return {
    ...{ name: "Aurora", timezone: "America/Bogota", locale: "es-CO" },
    settings: { agentEnabled: true, maxFailedTurns: 3, nudgeMinutes, quietHoursStart, quietHoursEnd },
  };
}

test("a proposal is asked about after the organization's own wait, and never where it set none", () => {
  expect(nudgeAt(organization(), at("10:00"), at("09:59"))).toEqual(at("10:30"));
  expect(nudgeAt(organization({ nudgeMinutes: null }), at("10:00"), at("09:59"))).toBeNull();
});

test.for([
  ["19:45", "2026-11-25T08:00:00-05:00"],
  ["03:00", "2026-11-24T08:00:00-05:00"],
  ["07:20", "2026-11-24T08:00:00-05:00"],
  ["07:31", "2026-11-24T08:01:00-05:00"],
  ["12:00", "2026-11-24T12:30:00-05:00"],
] as const)("a proposal of %s waits out quiet hours over midnight: %s", ([shown, expected]) => {
  expect(nudgeAt(organization({ quiet: ["20:00", "08:00"] }), at(shown), at(shown))).toEqual(new Date(expected));
});

test("quiet hours inside a day end on that day", () => {
  expect(afterQuietHours(organization({ quiet: ["12:00", "14:00"] }), at("12:30"))).toEqual(at("14:00"));
  expect(afterQuietHours(organization({ quiet: ["12:00", "14:00"] }), at("14:00"))).toEqual(at("14:00"));
});

test("nobody is asked where free words would not arrive any more", () => {
  expect(nudgeAt(organization({ nudgeMinutes: 24 * 60 }), at("10:00"), at("10:00"))).toBeNull();
  const late = new Date("2026-11-23T10:00:00-05:00");
  expect(nudgeAt(organization(), at("09:40"), late)).toBeNull();
});
