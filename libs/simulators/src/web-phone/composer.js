import { element, icon } from "./element.js";

const ICONS = { audio: "mic", image: "picture", broken: "warning" };

/** The line to write in: text, samples, location. `send(action)` does it. */
export function composer({ name, samples, send }) {
  const field = element("textarea", {
    rows: 1,
    placeholder: "Mensaje",
    "aria-label": `Mensaje de ${name}`,
    enterkeyhint: "send",
  });
  const main = element("button", { type: "button", class: "round send", onclick: submitOrRecord });
  const attach = element(
    "button",
    {
      type: "button",
      class: "round",
      "aria-label": "Adjuntar",
      "aria-expanded": "false",
      onclick: () => toggle("all"),
    },
    icon("plus"),
  );
  const root = element("div", { class: "composer" }, attach, element("div", { class: "field" }, field), main);
  let menu = null;

  function fit() {
    field.style.height = "auto";
    // Before the phone stands on the page there is nothing to measure.
    if (field.scrollHeight > 0) field.style.height = `${field.scrollHeight}px`;
    const isEmpty = field.value.trim() === "";
    main.replaceChildren(icon(isEmpty ? "mic" : "send"));
    main.setAttribute("aria-label", isEmpty ? "Enviar nota de voz de muestra" : "Enviar");
  }
  async function submitOrRecord() {
    const text = field.value.trim();
    if (text === "") {
      toggle("audio");
      return;
    }
    field.value = "";
    fit();
    field.focus();
    if (!(await send({ type: "text", text })) && field.value === "") {
      field.value = text;
      fit();
    }
  }
  function toggle(which) {
    const wasOpen = menu?.dataset.which === which;
    closeMenu();
    if (wasOpen) return;
    menu = attachMenu({ which, samples, onChoose });
    root.append(menu);
    attach.setAttribute("aria-expanded", "true");
    menu.querySelector("button").focus();
  }
  function closeMenu() {
    menu?.remove();
    menu = null;
    attach.setAttribute("aria-expanded", "false");
  }
  function onChoose(action) {
    closeMenu();
    field.focus();
    send(action);
  }

  field.addEventListener("input", fit);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (field.value.trim() !== "") void submitOrRecord();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu) return;
    closeMenu();
    field.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (menu && !root.contains(event.target)) closeMenu();
  });
  fit();
  return root;
}

function attachMenu({ which, samples, onChoose }) {
  const isBroken = (sample) => sample.isBroken;
  const entry = (sample) =>
    element(
      "button",
      { type: "button", onclick: () => onChoose({ type: sample.kind, sample: sample.name }) },
      icon(isBroken(sample) ? ICONS.broken : ICONS[sample.kind]),
      sample.title,
    );
  const section = (title, entries) => (entries.length > 0 ? [element("h3", {}, title), ...entries] : []);
  const of = (kind) => samples.filter((sample) => sample.kind === kind && !isBroken(sample)).map(entry);
  const place = element(
    "button",
    { type: "button", onclick: () => onChoose({ type: "location", latitude: 4.676, longitude: -74.048 }) },
    icon("place"),
    "Ubicación de muestra",
  );
  const entries =
    which === "audio"
      ? section("Notas de voz de muestra", of("audio"))
      : [
          ...section("Notas de voz de muestra", of("audio")),
          ...section("Fotos de muestra", of("image")),
          ...section("Para ver qué pasa", [...samples.filter(isBroken).map(entry), place]),
        ];
  return element("div", { class: "menu", "data-which": which, role: "group", "aria-label": "Adjuntar" }, ...entries);
}
