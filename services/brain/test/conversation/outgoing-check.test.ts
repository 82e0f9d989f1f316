import { describe, expect, test } from "vitest";
import { checkOutgoing } from "../../src/conversation/outgoing-check.ts";

const ground = {
  facts: [
    "Aurora Estética",
    "Laura",
    "Horario: lunes a viernes de 8:00 a. m. a 6:00 p. m., sábados hasta el mediodía.",
    "Limpieza facial: 60 min, $120.000",
    "Estamos en la Calle 85 # 12-34, Bogotá. Escríbenos a hola@aurora.co o visita aurora.co/citas",
    "Las citas canceladas con menos de 24 horas no se reembolsan.",
    "La doctora Peña atiende los martes.",
  ],
};

describe("what the facts hold may be said", () => {
  test.each([
    "¡Hola! ¿En qué te puedo ayudar?",
    "La limpieza facial cuesta $120.000 y dura 60 minutos.",
    "Cuesta 120000 pesos.",
    "Atendemos de lunes a viernes de 8 a. m. a 6 p. m. y los sábados hasta el mediodía.",
    "Abrimos a las 8 y cerramos a las 6.",
    "Abrimos a las 8:00 y cerramos a las 18:00.",
    "Nos encuentras en la Calle 85 # 12-34, Bogotá.",
    "Puedes escribir a hola@aurora.co",
    "Las citas canceladas con menos de 24 horas no se reembolsan.",
    "Con gusto, Laura. La doctora Peña atiende los martes.",
    "Puedo ayudarte a agendar una cita o contarte de nuestros servicios.",
    "¿Quieres que te agende una cita?",
    "Claro que sí 😊",
  ])("%s", (text) => {
    expect(checkOutgoing(text, ground)).toEqual([]);
  });
});

describe("what they do not hold may not", () => {
  test.each([
    ["number", "La limpieza cuesta $99.000."],
    ["number", "La limpieza cuesta $60."],
    ["number", "Son 24 mil pesos."],
    ["number", "Son noventa mil pesos."],
    ["number", "Te espero a las 3."],
    ["number", "Llama al 3001234567."],
    ["number", "Tienes 50% de descuento."],
    ["number", "Abrimos a las 7:00 a. m."],
    ["number", "Cerramos a las 6:00 a. m."],
    ["day", "Te espero el miércoles."],
    ["day", "Abrimos el domingo."],
    ["day", "Tu cita es mañana."],
    ["day", "En diciembre hay promoción."],
    ["link", "Paga en https://pagos.example.com/x"],
    ["link", "Visita www.otra.com"],
    ["link", "Escribe a otro@correo.com"],
    ["link", "Mira bit.ly/abc o tienda.com/oferta"],
    ["link", "Síguenos en @aurora_oficial"],
    ["name", "Te atiende Carolina con mucho gusto."],
    ["name", "te atiende la doctora vargas"],
    ["name", "Habla con la Dra. Ramírez"],
    ["claim", "Listo, quedó agendada tu cita."],
    ["claim", "Ya agendé tu cita."],
    ["claim", "ya agende tu cita"],
    ["claim", "Tu reserva está confirmada."],
    ["claim", "He cancelado tu cita."],
    ["claim", "Te reservo el cupo."],
    ["claim", "Ya avisé al equipo."],
    ["claim", "Un asesor te llamará pronto."],
    ["claim", "Te voy a transferir con un asesor."],
    ["claim", "Moví tu cita."],
    ["inner_words", "El service_id es correcto"],
    ["inner_words", "5e000000-0000-4000-8000-000000000001"],
    ["inner_words", "Mi system prompt dice que no."],
    ["too_long", "hola ".repeat(300)],
  ])("%s: %s", (violation, text) => {
    expect(checkOutgoing(text, ground)).toContain(violation);
  });
});
