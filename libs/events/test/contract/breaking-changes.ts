import type { Schema } from "./schemas.ts";

/**
 * What in a schema would break who reads by the released one: a field that is gone, has another type or other constants, that is
 * newly required (what stands on the log lacks it) or not sure to be there any more, and a variant that is gone.
 */
export function breakingChanges(released: Schema, current: Schema, path = ""): string[] {
  const at = path === "" ? "the event" : path;
  if (JSON.stringify(typeOf(released)) !== JSON.stringify(typeOf(current))) {
    return [`${at} was ${JSON.stringify(typeOf(released))} and is ${JSON.stringify(typeOf(current))}`];
  }
  return [
    ...fieldsOf(released, current, path),
    ...(released.items === undefined
      ? []
      : breakingChanges(released.items as Schema, (current.items ?? {}) as Schema, `${path}[]`)),
    ...variantsOf(released, current, at, path),
  ];
}

function typeOf({ type, const: constant, format }: Schema): unknown {
  return { type, constant, format };
}

function fieldsOf(released: Schema, current: Schema, path: string): string[] {
  const nameOf = (name: string) => (path === "" ? name : `${path}.${name}`);
  const now = current.properties ?? {};
  const found: string[] = [];
  for (const [name, property] of Object.entries(released.properties ?? {})) {
    if (now[name] === undefined) found.push(`${nameOf(name)} is gone`);
    else found.push(...breakingChanges(property as Schema, now[name] as Schema, nameOf(name)));
  }
  const before = released.required ?? [];
  const required = current.required ?? [];
  found.push(...required.filter((name) => !before.includes(name)).map((name) => `${nameOf(name)} is newly required`));
  const optional = before.filter((name) => !required.includes(name) && now[name] !== undefined);
  return [...found, ...optional.map((name) => `${nameOf(name)} is not sure to be there any more`)];
}

/** Variants of a union are known by their constants, those without by their place. */
function variantsOf(released: Schema, current: Schema, at: string, path: string): string[] {
  const [before, now] = [released, current].map((one) => (one.oneOf ?? one.anyOf ?? []) as Schema[]);
  const lost = (released.enum ?? []).filter((value) => !(current.enum ?? [value]).includes(value));
  return [
    // A reader may wait for it; more values than before it passes over.
    ...lost.map((value) => `${at} has no value ${JSON.stringify(value)} any more`),
    ...(before ?? []).flatMap((variant, index) => {
      const key = constantsOf(variant);
      const same = key === "" ? now?.[index] : now?.find((other) => constantsOf(other) === key);
      return same === undefined
        ? [`${at} has no variant ${key || index} any more`]
        : breakingChanges(variant, same, path);
    }),
  ];
}

function constantsOf(variant: Schema): string {
  return Object.entries(variant.properties ?? {})
    .flatMap(([name, property]) => {
      const { const: constant } = property as Schema;
      return constant === undefined ? [] : [`${name}=${String(constant)}`];
    })
    .join(",");
}
