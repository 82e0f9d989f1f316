import type { FailureClass } from "./metrics.ts";

/** The provider's codes by what they ask of us (Gupshup's and Meta's error pages; 4xxx, 10xx are Gupshup's own). */
const CODES: Record<Exclude<FailureClass, "other">, readonly number[]> = {
  transient: [2, 4, 500, 503, 4002, 80007, 130429, 131000, 131016, 131056, 131057],
  stop: [4001],
  window: [470, 1004, 1005, 131047],
  recipient: [472, 1002, 1006, 1007, 1008, 1012, 1013, 130472, 131021, 131026, 131050],
  frequency: [131049],
  account: [368, 471, 1001, 1003, 131031, 131042, 131048, 133010],
  content: [100, 1009, 1010, 1011, 4004, 131008, 131009, 131051, 131053],
  template: [4003, 4005, 132000, 132001, 132012, 132015, 132016, 132018],
};

const classes = new Map(
  Object.entries(CODES).flatMap(([name, codes]) => codes.map((code) => [code, name as FailureClass] as const)),
);

/** What a failure's code means; unknown codes and none are `other`. */
export function failureClassOf(providerCode: number | undefined): FailureClass {
  return (providerCode === undefined ? undefined : classes.get(providerCode)) ?? "other";
}
