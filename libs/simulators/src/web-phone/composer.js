import { createAttachMenu } from "./attach-menu.js";
import { element, icon } from "./element.js";

/** The line to write in: text, samples, location. `send(action)` does it and says whether it could. */
export function composer({ name, samples, send }) {
  const field = element("textarea", {
    rows: 1,
    placeholder: "Mensaje",
    "aria-label": `Mensaje de ${name}`,
    enterkeyhint: "send",
  });
  const main = element("button", { type: "button", class: "round send", onclick: sendOrRecord });
  const attach = element(
    "button",
    {
      type: "button",
      class: "round",
      "aria-label": "Adjuntar",
      "aria-expanded": "false",
      onclick: () => menu.toggle("all"),
    },
    icon("plus"),
  );
  const root = element("div", { class: "composer" }, attach, element("div", { class: "field" }, field), main);
  const menu = createAttachMenu({
    root,
    opener: attach,
    samples,
    onChoose: (action) => {
      field.focus();
      send(action);
    },
  });

  const write = (text) => {
    field.value = text;
    fit(field, main);
  };
  async function sendOrRecord() {
    const text = field.value.trim();
    if (text === "") return menu.toggle("audio");
    write("");
    field.focus();
    if (!(await send({ type: "text", text })) && field.value === "") write(text);
  }

  field.addEventListener("input", () => fit(field, main));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (field.value.trim() !== "") void sendOrRecord();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.isOpen()) return;
    menu.close();
    field.focus();
  });
  fit(field, main);
  return root;
}

/** As high as its text; an empty field offers a voice note instead of sending. */
function fit(field, main) {
  field.style.height = "auto";
  // Before the phone stands on the page there is nothing to measure.
  if (field.scrollHeight > 0) field.style.height = `${field.scrollHeight}px`;
  const isEmpty = field.value.trim() === "";
  main.replaceChildren(icon(isEmpty ? "mic" : "send"));
  main.setAttribute("aria-label", isEmpty ? "Enviar nota de voz de muestra" : "Enviar");
}
