const WORDS: readonly string[] = [
  "cero",
  "una?|uno|primero",
  "dos",
  "tres",
  "cuatro",
  "cinco",
  "seis",
  "siete",
  "ocho",
  "nueve",
  "diez",
  "once",
  "doce",
  "trece",
  "catorce",
  "quince",
  "dieciseis",
  "diecisiete",
  "dieciocho",
  "diecinueve",
  "veinte",
  "veintiuno",
  "veintidos",
  "veintitres",
  "veinticuatro",
  "veinticinco",
  "veintiseis",
  "veintisiete",
  "veintiocho",
  "veintinueve",
  "treinta",
  "treinta y uno",
];

/** A pattern for a number from 0 to 31, in digits or in Spanish. */
export const NUMBER = `\\d{1,2}|${WORDS.toReversed().join("|")}`;

/** The value of such a number in folded text. */
export function toNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const plain = text.replaceAll(/\s+/g, " ");
  return WORDS.findIndex((word) => new RegExp(`^(?:${word})$`).test(plain));
}
