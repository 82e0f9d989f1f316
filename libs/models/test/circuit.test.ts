import { expect, test } from "vitest";
import { createCircuit } from "../src/circuit.ts";

function broken() {
  const clock = { now: 0 };
  const circuit = createCircuit({ now: () => clock.now });
  for (let failure = 0; failure < 5; failure += 1) {
    expect(circuit.refusalMs()).toBeNull();
    circuit.failed();
  }
  return { circuit, clock };
}

test("five failures in a row open the circuit for fifteen seconds", () => {
  const { circuit, clock } = broken();
  expect(circuit.refusalMs()).toBe(15_000);
  clock.now = 14_999;
  expect(circuit.refusalMs()).toBe(1_000);
  clock.now = 15_000;
  expect(circuit.refusalMs()).toBeNull();
});

test("a success in between starts the count again", () => {
  const circuit = createCircuit();
  for (let call = 0; call < 20; call += 1) call % 5 === 4 ? circuit.succeeded() : circuit.failed();
  expect(circuit.refusalMs()).toBeNull();
});

test("half open lets one call through; its success closes, its failure opens again", () => {
  const { circuit, clock } = broken();
  clock.now = 15_000;
  expect(circuit.refusalMs()).toBeNull();
  expect(circuit.refusalMs()).toBe(1_000);
  circuit.failed();
  expect(circuit.refusalMs()).toBe(15_000);
  clock.now = 30_000;
  expect(circuit.refusalMs()).toBeNull();
  circuit.succeeded();
  expect(circuit.refusalMs()).toBeNull();
  expect(circuit.refusalMs()).toBeNull();
});

test("a trial that its caller gave up leaves the trial to the next call", () => {
  const { circuit, clock } = broken();
  clock.now = 15_000;
  expect(circuit.refusalMs()).toBeNull();
  circuit.undecided();
  expect(circuit.refusalMs()).toBeNull();
});
