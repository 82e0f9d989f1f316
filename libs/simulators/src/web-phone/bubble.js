import { element, icon, ticks } from "./element.js";
import { plainText, richText } from "./rich-text.js";
import { voiceNote } from "./voice-note.js";

const clock = new Intl.DateTimeFormat("es-CO", { hour: "numeric", minute: "2-digit" });

const REASONS = {
  131047: "pasaron más de 24 horas desde el último mensaje del cliente",
  131056: "demasiados mensajes seguidos a este número",
  131026: "el número no puede recibir mensajes",
  131009: "el mensaje supera un límite de WhatsApp",
  132000: "los parámetros no corresponden a la plantilla",
  132001: "la plantilla no existe",
  132018: "un parámetro de la plantilla tiene saltos de línea",
};

/** One message as a row of the chat. `actions.tap(choice)` and `actions.openList()` answer it. */
export function bubbleRow(bubble, { isFirst, quoted, chosen, actions }) {
  const mine = bubble.direction === "in";
  const classes = ["row", mine && "mine", isFirst && "first", bubble.status === "failed" && "failed"].filter(Boolean);
  const { content } = bubble;
  return element(
    "div",
    { class: classes.join(" "), "data-id": bubble.id },
    element(
      "div",
      { class: "bubble" },
      element("span", { class: "visually-hidden" }, mine ? "Tú: " : "Negocio: "),
      quoted && element("blockquote", { class: "quote" }, plainText(quoted)),
      ...body(content),
      meta(bubble, mine),
    ),
    (content.kind === "buttons" || (content.kind === "template" && content.choices)) &&
      buttons(content.choices, chosen, actions),
    content.kind === "list" && listButton(content, actions),
    trouble(bubble),
  );
}

function body(content) {
  switch (content.kind) {
    case "buttons":
    case "list":
      return [
        (content.header ?? content.title) && element("p", { class: "title" }, content.header ?? content.title),
        text(content.text),
        content.footer && element("p", { class: "footer" }, content.footer),
      ];
    case "tap":
      return [text(content.title)];
    case "media":
      return media(content);
    case "location":
      return [text(`📍 Ubicación\n${content.latitude}, ${content.longitude}`)];
    case "reaction":
      return [text(content.emoji)];
    case "text":
    case "template":
      return [text(content.text)];
    default:
      return [text("Mensaje que este teléfono no sabe mostrar.")];
  }
}

const text = (words) => element("p", { class: "text" }, ...richText(words));

function media(content) {
  // The link names the simulator as others reach it; here it is always this page's own server.
  const url = new URL(content.url, location.href);
  const own = url.pathname.startsWith("/wa/") ? `${url.pathname}${url.search}` : content.url;
  const caption = content.caption && text(content.caption);
  if (content.mediaType === "audio") return [voiceNote(own), caption];
  if (content.mediaType === "image") {
    return [
      element("img", { class: "picture", src: own, alt: content.caption ?? "Foto enviada", loading: "lazy" }),
      caption,
    ];
  }
  return [text(`📎 ${content.mediaType}`), caption];
}

function meta(bubble, mine) {
  const time = element("time", { datetime: bubble.at }, clock.format(new Date(bubble.at)));
  const state = bubble.readByBusiness ? "read" : bubble.delivered ? "delivered" : "sent";
  return element("span", { class: "meta" }, time, mine && ticks(state));
}

function buttons(choices, chosen, actions) {
  const all = choices.map((choice) => {
    const isChosen = chosen !== undefined && chosen === (choice.payload ?? choice.title);
    const pressed = isChosen ? "true" : null;
    const disabled = !actions || chosen !== undefined;
    return element(
      "button",
      { type: "button", disabled, "aria-pressed": pressed, onclick: () => actions.tap(choice) },
      choice.title,
    );
  });
  return element("div", { class: "choices", role: "group", "aria-label": "Respuestas" }, ...all);
}

function listButton(content, actions) {
  return element(
    "button",
    { type: "button", class: "open-list", "aria-haspopup": "dialog", onclick: () => actions?.openList() },
    icon("list"),
    content.button,
  );
}

function trouble({ status, failureCode, fromWebhookAnswer }) {
  if (fromWebhookAnswer)
    return element("p", { class: "trouble" }, "⚠ Texto que el webhook respondió: debió ser vacío.");
  if (status !== "failed") return null;
  const reason = REASONS[failureCode] ?? "WhatsApp no lo entregó";
  return element("p", { class: "trouble" }, `⚠ No llegó al cliente (${failureCode}): ${reason}.`);
}
