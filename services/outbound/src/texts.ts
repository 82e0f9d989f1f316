/** What staff read about a reply that did not reach the customer. Spanish, like everything people read. */
export function unsentSummary(code: string): string {
  return code === "window-closed"
    ? "WhatsApp ya no permite responderle: pasaron más de 24 horas desde su último mensaje"
    : "No se pudo entregar la respuesta por WhatsApp";
}
