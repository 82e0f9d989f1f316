import { describe, expect, test } from "vitest";
import { appointmentOn, services } from "./aurora.ts";
import { change, createDialogue, type Script } from "./dialogue.ts";

const facial = appointmentOn("a-facial", "2026-11-24", "10:00");
const massage = appointmentOn("a-massage", "2026-11-27", "15:00", services.massage);
const script: Script = { "confirmo mi cita": change("confirm"), "¿y si la muevo?": change("move") };
const start = (appointments = [facial], options = {}) =>
  createDialogue({ facts: { appointments }, script, ...options });

describe("confirming an appointment", () => {
  test("shows it, and confirms on an explicit yes", async () => {
    const talk = start();
    expect(await talk.says("confirmo mi cita")).toContain("¿Confirmas que asistes?");
    expect(talk.effects("confirm_appointment")).toEqual([]);
    expect(await talk.taps("Sí, confirmar")).toContain("Tu cita quedó confirmada ✅\n• *Limpieza facial*");
    expect(talk.effects("confirm_appointment")).toEqual([{ appointmentId: "a-facial" }]);
    expect(await talk.says("confirmo mi cita")).toContain("ya está confirmada");
    expect(talk.effects("confirm_appointment")).toHaveLength(1);
  });

  test("of two, the one that is not confirmed yet is meant; of two open ones it is asked", async () => {
    const confirmed = { ...facial, status: "confirmada" };
    expect(await start([confirmed, massage]).says("confirmo mi cita")).toContain("*Masaje relajante*");
    expect(await start([facial, massage]).says("confirmo mi cita")).toContain("¿Cuál quieres confirmar?");
  });

  test("a no confirms nothing and says what else there is; another wish is followed", async () => {
    const talk = start();
    await talk.says("confirmo mi cita");
    expect(await talk.says("no")).toContain("no la confirmo");
    await talk.says("confirmo mi cita");
    expect(await talk.says("¿y si la muevo?")).toContain("¿Para qué día la cambiamos?");
    expect(talk.effects("confirm_appointment")).toEqual([]);
  });

  test("without appointments says so, and offers a booking or a person", async () => {
    const text = await start([]).says("confirmo mi cita");
    expect(text).toMatch(/No encuentro citas próximas.*agendo una.*asesor/);
  });

  test.each([
    ["not_confirmable", "ya no aparece activa"],
    ["identity_not_found", "No pude confirmar la cita."],
  ])("refused, it says so: %s", async (code, answer) => {
    const talk = start([facial], { refusals: [code] });
    await talk.says("confirmo mi cita");
    expect(await talk.says("sí")).toContain(answer);
  });
});
