/** mulberry32: the same numbers in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const INSERTS = [
  "null",
  ",",
  "[",
  "]",
  "{",
  "}",
  '""',
  "-1e999",
  "\u0000",
  "\ud800",
  "\\u0000",
  "[[[[",
  "true",
  "9".repeat(40),
];

function pick<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

/** Characters replaced, removed, doubled, put in or cut off: mostly no JSON any more. */
export function damageText(text: string, random: () => number): string {
  let damaged = text;
  for (let change = Math.ceil(random() * 4); change > 0; change -= 1) {
    const at = Math.floor(random() * damaged.length);
    const [before, after] = [damaged.slice(0, at), damaged.slice(at)];
    const kind = Math.floor(random() * 5);
    if (kind === 0) damaged = before + String.fromCharCode(Math.floor(random() * 256)) + after.slice(1);
    else if (kind === 1) damaged = before + after.slice(Math.ceil(random() * 20));
    else if (kind === 2) damaged = before + after.slice(0, 30) + after;
    else if (kind === 3) damaged = before + pick(INSERTS, random) + after;
    else damaged = before;
  }
  return damaged;
}

const STRANGE = [
  null,
  true,
  -1,
  0,
  1e300,
  "",
  " ",
  "x".repeat(3000),
  "\u0000\u001b[31m",
  "573001110001",
  [],
  [[]],
  {},
  [{ a: [{}] }],
];

/** Still JSON, but some values are of another kind: numbers as strings and back, lists for objects, times a day off. */
export function damageValues(value: unknown, random: () => number): unknown {
  if (random() < 0.06) return pick(STRANGE, random);
  if (typeof value === "number") return random() < 0.3 ? String(value) : random() < 0.3 ? value + 86_400_000 : value;
  if (typeof value === "string") return /^\d{1,15}$/.test(value) && random() < 0.3 ? Number(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return random() < 0.2 ? value[0] : value.map((item) => damageValues(item, random));
  const fields = Object.entries(value).filter(() => random() > 0.03);
  const damaged = Object.fromEntries(fields.map(([name, field]) => [name, damageValues(field, random)]));
  return random() < 0.1 ? [damaged] : damaged;
}
