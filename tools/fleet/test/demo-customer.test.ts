import { expect, test } from "vitest";
import { nextMove } from "../demo-customer.ts";
import type { Bubble } from "../simulated-phone.ts";

const from = (direction: "in" | "out", content: Bubble["content"]): Bubble => ({ direction, id: "x", at: "", content });
const asked = (content: Bubble["content"]) =>
  nextMove([from("in", { kind: "text", text: "hola" }), from("out", content)]);

test("she taps what is offered", () => {
  const choices = [
    { title: "3:00 p. m.", payload: "slot:1" },
    { title: "Otras horas", payload: "times:more" },
  ];
  expect(asked({ kind: "buttons", text: "Tengo:", choices })).toEqual({
    kind: "tap",
    payload: "slot:1",
    title: "3:00 p. m.",
  });
});

test("she chooses the facial among the services, and agrees to what she is asked", () => {
  const services = [
    { title: "Botox", payload: "service:1" },
    { title: "Limpieza facial", payload: "service:2" },
  ];
  expect(asked({ kind: "list", text: "¿Qué servicio?", choices: services })).toMatchObject({ payload: "service:2" });
  const yesNo = [
    { title: "No", payload: "no:p1" },
    { title: "Sí, agendar", payload: "yes:p1" },
  ];
  expect(asked({ kind: "buttons", text: "¿La agendo?", choices: yesNo })).toMatchObject({ payload: "yes:p1" });
});

test("she writes what cannot be tapped", () => {
  expect(asked({ kind: "text", text: "¿A nombre de quién agendo la cita?" })).toEqual({
    kind: "say",
    text: "Laura Gómez",
  });
  expect(asked({ kind: "text", text: "¿Para qué día quieres tu cita?" })).toEqual({
    kind: "say",
    text: "mañana en la tarde",
  });
});

test("she is done when nothing is asked, and old buttons do not count", () => {
  expect(asked({ kind: "text", text: "¡Listo! Tu cita quedó agendada ✅" })).toEqual({ kind: "done" });
  const old = from("out", { kind: "buttons", text: "¿La agendo?", choices: [{ title: "Sí", payload: "yes:1" }] });
  expect(
    nextMove([old, from("in", { kind: "tap", title: "Sí" }), from("out", { kind: "text", text: "Listo" })]),
  ).toEqual({
    kind: "done",
  });
});
