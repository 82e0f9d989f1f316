import { element, icon } from "./element.js";

/** The rows of a list message, over the chat they belong to; closes on a choice, on Escape and on a click beside it. */
export function openListSheet(device, content, onChoose) {
  const opener = document.activeElement;
  const close = () => {
    sheet.remove();
    opener?.focus?.();
  };
  const rows = content.choices.map((choice) =>
    element(
      "li",
      {},
      element(
        "button",
        {
          type: "button",
          onclick: () => {
            close();
            onChoose(choice);
          },
        },
        element("strong", {}, choice.title),
        choice.description && element("span", {}, choice.description),
      ),
    ),
  );
  const head = element(
    "div",
    { class: "sheet-head" },
    element("button", { type: "button", class: "round", "aria-label": "Cerrar", onclick: close }, icon("close")),
    element("h3", {}, content.button),
  );
  const panel = element(
    "div",
    { class: "sheet-panel", role: "dialog", "aria-modal": "true", "aria-label": content.button },
    head,
    element("ul", { class: "rows" }, ...rows),
  );
  const sheet = element("div", { class: "sheet" }, panel);
  sheet.addEventListener("click", (event) => event.target === sheet && close());
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Tab") keepInside(event, panel);
  });
  device.append(sheet);
  panel.querySelector(".rows button")?.focus();
}

function keepInside(event, panel) {
  const buttons = [...panel.querySelectorAll("button")];
  const first = buttons[0];
  const last = buttons.at(-1);
  if (event.shiftKey && document.activeElement === first) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}
