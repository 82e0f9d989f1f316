/** What a customer reads when a turn was given up: honest, and without a promise. */
export const FALLBACK_TEXT =
  "Disculpa, en este momento no pude responder tu mensaje. 🙏 Por favor escríbeme de nuevo en unos minutos, o escribe *asesor* para hablar con una persona.";
