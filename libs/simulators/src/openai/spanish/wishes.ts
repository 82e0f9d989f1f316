import { words } from "./fold.ts";

/** What a customer may want, by the words that show it; in folded text. */
export const WISHES = {
  person: words(
    "asesor[ae]?s?|humano|una persona(?: real)?|alguien (?:real|del equipo|que me)|persona de verdad|con alguien|recepcion(?:ista)?|encargad[oa]|administrador[a]?|gerente|comuni(?:car|queme|came|quenme) .{0,25}|me (?:pueden|puede|puedes) llamar|llamenme|pasame con .{0,20}|servicio al cliente",
  ),
  upset: words(
    "queja|quejarme|reclamo|estoy (?:muy )?(?:molest[oa]|bravo|brava|enojad[oa]|indignad[oa])|pesim[oa]|mal servicio|terrible servicio|estafa|denunciar|demandar|que falta de respeto|incompetentes?",
  ),
  booking: words(
    "cita|citas|agendar(?:me|la)?|agendame|agenda|agendemos|reservar?|reserva|reservame|turno|apartar|apartame|separar|sacar|programar|quiero ir|me gustaria ir|atender|atienden|atenderme|cupo|cupos|espacio|espacios|disponibilidad|disponible|hueco",
  ),
  wanting: words("quiero|quisiera|me gustaria|deseo|necesito|busco|me interesa|hacerme|para"),
  cancel: words(
    "cancel(?:ar|a|o|ela|arla|ame|en) .{0,30}(?:cita|reserva|turno).*|anul(?:ar|a|o) .{0,30}cita.*|no (?:puedo|podre|voy a poder|alcanzo a) (?:ir|asistir|llegar).*|ya no voy a (?:ir|poder).*|cancelar(?:la)?|cancela",
  ),
  move: words(
    "(?:mover|muev[ea]|cambiar|cambi[ea]|reprogramar|reagendar|aplazar|correr|pasar|posponer|adelantar|modificar) .{0,25}(?:cita|reserva|turno).*|reprogramar|reagendar|aplazar",
  ),
  confirmExisting: words("confirm[a-z]* .{0,20}(?:cita|asistencia|reserva).*|alli estare|ahi estare|si asistire"),
  stop: words(
    "(?:mejor no|ya no(?: quiero| gracias)?|olvidalo|dejalo(?: asi)?|dejemoslo(?: asi)?|no quiero (?:la |ninguna )?(?:cita|nada)|cancela(?:r|lo|la)?|no agendes|no (?:la|lo) agendes|me arrepenti|despues (?:te|les) (?:escribo|aviso))(?: .*)?",
  ),
  mine: words(
    "mi (?:cita|reserva|turno)|mis citas|la cita que (?:tengo|tenia)|cita (?:del|de mi|que tengo|ya agendada)",
  ),
  earlier: words("mas temprano|mas tempranito|antes|mas pronto"),
  later: words("mas tarde|mas tardecito|despues"),
  otherDay: words("otro dia|otros dias|otra fecha|cualquier otro dia|dia diferente"),
  more: words(
    "otra hora|otras horas|otro horario|otros horarios|otra opcion|otras opciones|mas opciones|mas horarios|ningun[oa]?(?: de es[oa]s)?|no me (?:sirve|sirven|queda|quedan)|no puedo (?:a esa|en esa|en ese|a esas).*|ver mas|muestrame mas",
  ),
  no: /^\s*(?:no+|nop|nel|negativo|para nada|mejor no|nunca|tampoco|todavia no|aun no|ahora no|por ahora no)(?![a-z])/,
  thanks: words(
    "(?:muchas |mil )?gracias|chao|chau|adios|hasta luego|hasta pronto|nos vemos|feliz (?:dia|tarde|noche)|que este[sn]? bien|bye|bendiciones|muy amable|te agradezco|agradecid[oa]",
  ),
  greeting: words(
    "hol[ai]s?|holaa+|buen(?:os|as|as?)? ?(?:dias?|tardes?|noches?)?|hey|saludos|que tal|que mas|buenas|un saludo",
  ),
  smallTalk: words(
    "como (?:estas|estan|te va|vas|le va|has estado)|que haces|jaja(?:ja)*|jeje|eres (?:un |una )?(?:robot|bot|persona|maquina|ia)|quien eres|como te llamas|tan (?:lindo|linda|amable)|que bueno|super|genial|entiendo|ya veo|bien y tu|todo bien|ok|okay|listo|vale|perfecto|dale|bueno|bien",
  ),
  injection: words(
    "ignora(?:r)? .{0,30}(?:instrucciones|reglas|anterior(?:es)?).*|system prompt|prompt del sistema|olvida .{0,20}instrucciones|actua como .*|modo (?:desarrollador|developer)|ignore (?:all|previous|your).*",
  ),
  price: words(
    "cuanto (?:cuesta|cuestan|vale|valen|sale|salen|cobran|es|seria)|que (?:precio|precios|valor|costo)|precios?|valor|costos?|tarifas?|cobran",
  ),
  asking: words(
    "cuanto|cuanta|cuantos|cuantas|cual|cuales|que (?:es|son|incluye|servicios|hacen|ofrecen|necesito|debo|formas|medios|tal es|cuidados|horario|horarios)|donde|en que (?:direccion|consiste|barrio)|como (?:llego|es|puedo llegar|funciona|pago|se paga)|aceptan|reciben|tienen (?:parqueadero|domicilio|promocion|promociones|descuento|descuentos|wifi|sede|sedes)|a que (?:hora|horas) (?:abren|cierran|atienden|trabajan)|abren|cierran|horarios? de atencion|atienden (?:los|el|en|domingos?|sabados?|festivos?)|duele|demora|dura|incluye|esta permitido|se puede|puedo (?:pagar|llevar|comer|ir con|cancelar sin)|hay que|direccion|ubicad[oa]s?|ubicacion|quedan|quien atiende|quienes",
  ),
} as const;

/** What a plain yes is, in folded text; "si" alone may also be "if". */
export const YES = words(
  "si+|sip|claro(?: que si)?|dale|ok|okay|vale|listo|lista|perfecto|de acuerdo|confirmo|confirmado|correcto|exacto|asi es|esta bien|me parece(?: bien| perfecto)?|me sirve|hagale|hagamosle|de una|agendala|agendalo|agendame|agenda|reservala|reservalo|reserva|por supuesto|obvio|esa me sirve|excelente|genial",
);
/** What turns a yes into something else. */
export const BUT = words(
  "no|nunca|tampoco|ningun[oa]?|mejor|pero|otr[oa]s?|cambi[a-z]*|espera|esperame|excepto|menos|aunque|en vez|en lugar|cancel[a-z]*",
);
