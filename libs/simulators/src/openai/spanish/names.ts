import { fold } from "./fold.ts";

/** A person's name as the customer wrote it. */
export interface NameSaid {
  first: string;
  last: string | null;
}

const INTRODUCED =
  /(me llamo|mi nombre(?: completo)? (?:es|seria)|(?:a|al) nombre de|te habla|les habla|le habla|habla con|soy)\s+(.+)$/iu;
/** Words that no name is made of: they end a name, and a text that holds one is no bare name. */
const NOT_A_NAME = new Set(
  (
    "si no hola buenas buenos buen dia dias tarde tardes noche noches gracias por favor claro dale ok okay vale listo perfecto " +
    "quiero quisiera necesito busco tengo tienen hay puedo pueden cita citas agendar reservar para con sin que cual cuando donde " +
    "como cuanto cuanta hoy manana pasado lunes martes miercoles jueves viernes sabado domingo semana mes la el los las un una " +
    "mi tu su yo ella nueva nuevo cliente clienta paciente alergica alergico mujer hombre menor mayor mas menos otra otro otros " +
    "ninguna ninguno primera segunda tercera ultima opcion a las y o pero mejor ya bien mal sera este esta ese esa eso es soy " +
    "cancelar cambiar mover confirmar confirmo asesor persona humano precio direccion horario limpieza servicio ayuda chao adios " +
    "bueno buena de acuerdo nada todo todos interesada interesado"
  ).split(" "),
);
const PARTICLES = new Set(["de", "del", "la", "los", "las", "san", "santa"]);
const SECOND_NAMES = new Set(
  (
    "maria jose carlos luis andres alejandro alejandra fernanda camila sofia paola milena isabel patricia eugenia cristina " +
    "antonio manuel david felipe esteban fernando alberto eduardo enrique ivan daniel daniela valentina juliana carolina lucia del"
  ).split(" "),
);

/** The name in a text: after "soy", "me llamo" …, or the whole text where a name was asked for. */
export function readName(text: string, isAsked: boolean): NameSaid | null {
  const introduced = INTRODUCED.exec(text);
  if (introduced) {
    const [, introduction = "", after = ""] = introduced;
    const name = leadingName(after);
    const isSoy = introduction.toLowerCase() === "soy";
    // "Soy alérgica" is no introduction: without a capital letter only where a name was asked for.
    return name.length > 0 && (isAsked || !isSoy || /^\p{Lu}/u.test(after)) ? toName(name) : null;
  }
  const plain = text.replace(/^(?:(?:sí|si|claro|hola|ok|listo|bueno|dale|buenas(?: \p{L}+)?)[\s,.!]+)+/iu, "").trim();
  const name = leadingName(plain);
  const isWhole =
    name.length > 0 && name.join(" ").length >= plain.replace(/[\s,.!]*(?:gracias|por favor)?[\s,.!]*$/iu, "").length;
  if (!isWhole || name.length > 5) return null;
  const isCapital = name.length >= 2 && name.every((word) => /^\p{Lu}/u.test(word) || PARTICLES.has(word));
  return isAsked || isCapital ? toName(name) : null;
}

/** The words at the beginning that can be a name. */
function leadingName(text: string): string[] {
  const name: string[] = [];
  for (const word of text.split(/\s+/)) {
    const bare = word.replace(/[.,;!?¡¿"()]+$/u, "");
    const isParticle = name.length > 0 && PARTICLES.has(bare.toLowerCase());
    if (!isNameLike(bare) || (NOT_A_NAME.has(fold(bare)) && !isParticle)) break;
    name.push(bare);
    if (bare !== word || name.length === 5) break;
  }
  while (PARTICLES.has(name.at(-1)?.toLowerCase() ?? "")) name.pop();
  return name;
}

/** Letters that can be spoken: "asdfgh" is no name. */
function isNameLike(word: string): boolean {
  return (
    /^[\p{L}'’-]{2,20}$/u.test(word) && !/[bcdfghjklmnpqrstvwxz]{4}/.test(fold(word)) && /[aeiouy]/.test(fold(word))
  );
}

function toName(name: readonly string[]): NameSaid {
  const isParticleSecond = PARTICLES.has(name[1]?.toLowerCase() ?? "");
  const isTwoFirst =
    (name.length >= 4 && !isParticleSecond) || (name.length === 3 && SECOND_NAMES.has(fold(name[1] ?? "")));
  const count = isTwoFirst ? 2 : 1;
  const title = (parts: readonly string[]) => parts.map(capitalise).join(" ");
  return { first: title(name.slice(0, count)), last: name.length > count ? title(name.slice(count)) : null };
}

function capitalise(word: string): string {
  if (PARTICLES.has(word.toLowerCase())) return word.toLowerCase();
  const isShouted = word.length > 2 && word === word.toUpperCase();
  return word.charAt(0).toUpperCase() + (isShouted ? word.slice(1).toLowerCase() : word.slice(1));
}
