import type { Proposal } from "./memory.ts";

/** The words by which code tells a yes from a no; all of them stand for normalised text. */

export const FILLER =
  /\b(por favor|porfa(vor)?|muchas gracias|mil gracias|gracias|senor(a|ita)?|muy amable|entonces|pues|eso|esa|ese|esta|este|asi|please|thanks|thank you( very much)?)\b/g;
export const YES =
  /\b(s+i+|sip|sii?s|claro( que si)?|dale|ok(ay|ey|is|i)?|oki|vale|listo|lista|perfecto|perfecta|excelente|genial|super|de acuerdo|confirm(o|ado|ada|ar|a|alo|ala)|correct[oa]|exact[oa]|es|esta bien|todo bien|bien|bueno|buena|hagale|hagamosle|de una|me parece( bien)?|me sirve|me queda bien|agend(ar|a|ala|alo|ame|amela|ela|e)|reserv(ar|a|ala|alo|ame|amela|ela|e)|quiero|la quiero|va|yes|yeah|yep|sure|of course|go ahead|sounds good|great|perfect|book it|that one|correct)\b/g;
export const NO =
  /^(no+|nop|nel|no gracias|mejor no|ahora no|por ahora no|no por ahora|todavia no|aun no|no quiero|no senora?|negativo|para nada|no hace falta|no es necesario|asi esta bien no|nope|no thanks|no thank you|not now|better not)$/;
export const YES_TITLES =
  /^(si agendar|si por favor|si esa es|si recordarme|si confirmar|yes book it|yes please|yes that one|yes confirm)$/;
export const NO_TITLES =
  /^(cambiar algo|no gracias|no ver servicios|no dejarla|no otro horario|change something|no see services|no keep it|no another time)$/;

/** Words that say yes inside a longer sentence. A bare "si" is also "if", so it counts only where what follows shows which. */
export const AFFIRMATIVE =
  /\b(yes|yeah|yep|sure|of course|go ahead|sounds good|correct|claro|dale|ok(ay|ey)?|vale|listo|perfecto|de acuerdo|confirmo|confirmado|correcto|exacto|esta bien|hagale|de una|me parece bien|me sirve|(agend|reserv)(ala|alo|ame|amela|ela))\b|\bsi (claro|senora?|senorita|por favor|gracias|dale|quiero|confirmo|esta bien|agend\w+|reserv\w+|me (sirve|parece)|la quiero|perfecto|listo|ok|a las|el|con)\b/;
export const AFFIRMATIVE_SI = /(^|[\s¡(,.!])(sí+|s[ií]+(?=\s*($|[,.!;\n])))(?=$|[\s,.!;)])/iu;
/** A yes that needs more words than this is a story: ask again. */
export const MAX_YES_WORDS = 30;

export const CONTRADICTION =
  /\b(no|nunca|tampoco|mejor|pero|otr[oa]s?|cambi\w*|espera\w*|excepto|sino|salvo|menos|aunque|en vez|en lugar|cancel\w*|cuando|cuanto|donde|como|que tal|por que|not|don t|dont|can t|never|but|other|another|instead|rather|actually|wait|except|change|when|how|what|why|where)\b/;

/** Naming the very act that was proposed says yes to it: "cancélala" to "¿la cancelo?". */
export const ACTS: Partial<Record<Proposal["kind"], RegExp>> = {
  cancellation:
    /\b(si )?(cancel(ar|arla|arlo|ala|alo|amela|emosla|ela|elo|o|a))( (la|mi|esa) cita)?\b|\b(yes )?cancel (it|(my|the|that) appointment)\b/g,
  move: /\b(si )?((muev|cambi|reprogram|reagend)(ar|arla|ala|alo|amela|emosla|ela|elo|e|o|a))( (la|mi|esa) cita)?\b|\b(yes )?(change|move) (it|(my|the|that) appointment)\b/g,
};
/** To cancel is the one thing that "agendar" and a bare "confirmo" cannot mean. */
export const NO_CANCELLATION = /\b(agend|reserv|book)\w*|(?<!\bsi )\bconfirm\w*/;

/** Said where something else was proposed, it is a wish of its own. */
export const CONFIRMS_APPOINTMENT = /\bconfirm\w* (\w+ ){0,2}(cita|asistencia|reserva|turno)\b/;
