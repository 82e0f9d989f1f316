/** Lower case, no accents, no punctuation, single spaces; thumbs and ticks become words. */
export function normalise(text: string): string {
  return text
    .replace(/[👍👌✅🙌]/gu, " ok ")
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/\b([ap])\.?\s?m\b\.?/g, "$1m")
    .replace(/[^a-z0-9:$/]+/g, " ")
    .replace(/(?<!\d)[:/]|[:/](?!\d)/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

const UNITS: Record<string, number> = {
  una: 1,
  dos: 2,
  tres: 3,
  cuatro: 4,
  cinco: 5,
  seis: 6,
  siete: 7,
  ocho: 8,
  nueve: 9,
  diez: 10,
  once: 11,
  doce: 12,
  trece: 13,
  catorce: 14,
  quince: 15,
  dieciseis: 16,
  diecisiete: 17,
  dieciocho: 18,
  diecinueve: 19,
  veinte: 20,
  veintiuno: 21,
  veintidos: 22,
  veintitres: 23,
  veinticuatro: 24,
  veinticinco: 25,
  veintiseis: 26,
  veintisiete: 27,
  veintiocho: 28,
  veintinueve: 29,
  treinta: 30,
  cuarenta: 40,
  cincuenta: 50,
  sesenta: 60,
  setenta: 70,
  ochenta: 80,
  noventa: 90,
  cien: 100,
  ciento: 100,
  doscientos: 200,
  trescientos: 300,
  cuatrocientos: 400,
  quinientos: 500,
  mil: 1000,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  hundred: 100,
  thousand: 1000,
  millon: 1_000_000,
};

/** The value of a number word in normalised text; "una" only where an hour is meant, so it is left to the caller. */
export function numberWord(word: string): number | undefined {
  return word === "una" ? undefined : UNITS[word];
}

/** The value of a word that names an hour: digits or a number word. */
export function hourWord(word: string): number | undefined {
  return /^\d{1,2}$/.test(word) ? Number(word) : UNITS[word];
}
