import { expect, test } from "vitest";
import { PermanentError, RetryableError, TenantConfigError } from "../src/index.ts";

test("an error keeps its code, its cause and what the reader needs to act", () => {
  const cause = new Error("socket closed");
  const retryable = new RetryableError("upstream-timeout", "no answer in 5 s", { cause, retryAfterMs: 700 });
  expect(retryable).toMatchObject({ name: "RetryableError", code: "upstream-timeout", retryAfterMs: 700, cause });
  expect(new PermanentError("malformed", "not an event")).toMatchObject({ name: "PermanentError", code: "malformed" });
  const tenant = new TenantConfigError("bad-key", "the key was refused", {
    organizationId: "o1",
    setting: "gupshup_api_key",
  });
  expect(tenant).toMatchObject({ name: "TenantConfigError", organizationId: "o1", setting: "gupshup_api_key" });
});

test("the three classes are told apart by instanceof", () => {
  const error: unknown = new PermanentError("x", "y");
  expect(error instanceof RetryableError).toBe(false);
  expect(error instanceof PermanentError).toBe(true);
});
