import { fold } from "./fold.ts";

const STOP_WORDS = new Set(
  (
    "a al ante con como de del desde donde el ella ellos en es esa ese eso esta este esto favor ha han hay hola la las le les lo " +
    "los me mi mis muy no nos o para pero por que quiero quisiera se ser si sin sobre son su sus te tener tengo tiene tienen tu " +
    "tus un una unas unos y ya cual cuales buenas buenos gracias cita porfa usted ustedes puedo pueden puede mas hacer hacen cuanto cuanta cuantos cuantas " +
    "recomiendas recomiendan recomienda aconsejas sabes sabe saber decir dime"
  ).split(" "),
);
/** Words for what one can ask about anything, one meaning a line: "¿cuánto vale?" is near "precio". */
const ASPECTS: readonly string[] = [
  "precio cuesta cuestan vale valen valor costo costos tarifa precios cobran cotiza cotizan cop pesos $",
  "direccion ubicados ubicacion queda quedan donde calle carrera cra avenida sede local barrio encuentran",
  "horario horarios abren abierto cierran atienden atencion atendemos abrimos cerramos hora horas",
  "pago pagar pagos tarjeta efectivo nequi daviplata transferencia datafono credito",
  "cancelar cancelacion cancelo reprogramar reprogramacion aplazar anticipacion",
  "parqueadero parquear estacionamiento carro moto",
  "dura duracion demora tarda minutos tiempo",
];
/** Other words of one meaning. */
const SYNONYMS: readonly string[] = [
  "uña manicure manicura unas",
  "muela diente dientes dental odontologia muelas odontologico",
  "nino ninos nina menor menores hijo hija",
  "duele dolor doloroso molestia",
  "promocion promociones descuento descuentos oferta",
  "toxina botox botulinica",
  "embarazada embarazo gestante lactancia",
];
const MEANING = new Map(
  [...ASPECTS, ...SYNONYMS].flatMap((group) => group.split(" ").map((word) => [fold(word), group.split(" ")[0] ?? ""])),
);

const ASPECT_NAMES = new Set(ASPECTS.map((group) => group.split(" ")[0]));

/** True for a token that names what is asked about: price, address, duration … */
export function isAspect(token: string): boolean {
  return ASPECT_NAMES.has(token);
}

/** What a text asks about, in words that stand in no form of it: "¿dónde quedan?" asks for the "direccion". */
export function unnamedAspects(text: string): string[] {
  const folded = fold(text);
  return [...new Set(toTokens(text).filter(isAspect))].filter((aspect) => !folded.includes(aspect.slice(0, 6)));
}

/** The words of a text that carry meaning: folded, without plural, one word for words of one meaning. */
export function toTokens(text: string): string[] {
  return fold(text)
    .split(/[^a-z0-9$]+|(?<=\$)/)
    .filter((word) => word !== "" && !/^\d+$/.test(word) && !STOP_WORDS.has(word))
    .map((word) => MEANING.get(word) ?? stem(word));
}

function stem(word: string): string {
  if (word.length > 5 && word.endsWith("es")) return word.slice(0, -2);
  if (word.length > 4 && word.endsWith("s")) return word.slice(0, -1);
  return word;
}

/** True for equal words and for long ones that differ in one letter or in their ending. */
export function isAlike(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.length < 5 || b.length < 5) return false;
  if (a.slice(0, 6) === b.slice(0, 6) && a.length >= 6 && b.length >= 6) return true;
  return Math.abs(a.length - b.length) <= 1 && isOneEditAway(a, b);
}

function isOneEditAway(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a.charAt(start) === b.charAt(start)) start += 1;
  const restA = a.slice(start);
  const restB = b.slice(start);
  return restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1);
}
