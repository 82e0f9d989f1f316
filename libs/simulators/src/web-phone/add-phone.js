import { element } from "./element.js";

/** The dialog that adds a phone: a known person or a new one, and the business to write to. */
export function prepareAddDialog({ setup, onAdd }) {
  const dialog = document.getElementById("add-dialog");
  const form = dialog.querySelector("form");
  const { person, app, name, phone } = form.elements;
  const fresh = form.querySelector(".new-person");

  person.append(
    ...setup.people.map((one) =>
      element("option", { value: one.phone }, one.isStaff ? `${one.name} (personal)` : one.name),
    ),
    element("option", { value: "new" }, "Cliente nuevo…"),
  );
  const choosePerson = () => {
    const chosen = setup.people.find((one) => one.phone === person.value);
    const isNew = person.value === "new";
    fresh.hidden = !isNew;
    name.required = isNew;
    phone.required = isNew;
    if (isNew && phone.value === "") phone.value = `57300${String(Date.now()).slice(-7)}`;
    const offered = setup.apps.filter((one) => Boolean(one.isNotices) === Boolean(chosen?.isStaff));
    app.replaceChildren(...offered.map((one) => element("option", { value: one.name }, one.title)));
  };
  person.addEventListener("change", choosePerson);
  document.getElementById("add-phone").addEventListener("click", () => {
    dialog.returnValue = "";
    choosePerson();
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "add") return;
    const chosen = setup.people.find((one) => one.phone === person.value) ?? { phone: phone.value, name: name.value };
    onAdd({ phone: chosen.phone, name: chosen.name, app: app.value });
    name.value = "";
    phone.value = "";
  });
}
