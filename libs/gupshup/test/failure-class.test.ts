import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import { expect, test } from "vitest";
import { toGupshupError } from "../src/gupshup-error.ts";
import { failureClassOf, tenantFaultOf } from "../src/index.ts";

const organizationId = "a0000000-0000-4000-8000-000000000001";

/** The error table: every code, its class, and what an answer that holds it becomes. */
const TABLE = [
  [[2, 4, 500, 503, 4002, 80007, 130429, 131000, 131016, 131056, 131057], "transient", RetryableError],
  [[4001], "stop", RetryableError],
  [[470, 1004, 1005, 131047], "window", PermanentError],
  [[472, 1002, 1006, 1007, 1008, 1012, 1013, 130472, 131021, 131026, 131050], "recipient", PermanentError],
  [[131049], "frequency", PermanentError],
  [[368, 471, 1001, 1003, 131031, 131042, 131048, 133010], "account", TenantConfigError],
  [[100, 1009, 1010, 1011, 4004, 131008, 131009, 131051, 131053], "content", PermanentError],
  [[4003, 4005, 132000, 132001, 132012, 132015, 132016, 132018], "template", TenantConfigError],
] as const;

const ROWS = TABLE.flatMap(([codes, name, kind]) => codes.map((code) => [code, name, kind] as const));

test.each(ROWS)("%i is %s", (code, name, kind) => {
  expect(failureClassOf(code)).toBe(name);
  expect(tenantFaultOf(code) !== undefined).toBe(kind === TenantConfigError);
  // The code decides, whatever the status and wherever the code stands; as a number or as text.
  for (const body of [
    { status: "error", message: "any words", code },
    { status: "error", message: { code: String(code), reason: "any words" } },
    { error: { code } },
  ]) {
    const error = toGupshupError({ status: 400, body: JSON.stringify(body), retryAfter: null }, organizationId);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).not.toContain("any words");
  }
});

test("codes that nobody knows say nothing: the status decides", () => {
  expect([failureClassOf(undefined), failureClassOf(999_999)]).toEqual(["other", "other"]);
  const answer = (status: number, code: unknown) =>
    toGupshupError({ status, body: JSON.stringify({ message: "?", code }), retryAfter: null }, organizationId);
  expect(answer(400, 999_999)).toMatchObject({ code: "gupshup-refused" });
  expect(answer(503, "soon")).toMatchObject({ code: "gupshup-unavailable" });
  expect(answer(429, 4001)).toMatchObject({ code: "gupshup-stop-sending" });
});
