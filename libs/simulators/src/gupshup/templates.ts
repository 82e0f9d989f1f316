import { ESCALATION_TEMPLATE_ID, REMINDER_TEMPLATE_IDS } from "./apps.ts";

/** An approved template: its id and its text with `{{1}}`, `{{2}}` … */
export interface Template {
  id: string;
  text: string;
  /** The titles of its quick-reply buttons. */
  buttons?: readonly string[];
}

/** The templates that the demo's accounts have. */
export const DEMO_TEMPLATES: readonly Template[] = [
  {
    id: ESCALATION_TEMPLATE_ID,
    text: "🔔 {{1}} pide hablar con una persona.\nTeléfono: {{2}}\nMotivo: {{3}}\nHora: {{4}}",
  },
  ...REMINDER_TEMPLATE_IDS.map((id) => ({
    id,
    text: "Hola {{1}}, te recordamos tu cita en {{2}}:\n{{3}}\n{{4}}\n¿Nos confirmas tu asistencia?",
    buttons: ["Confirmo", "Reprogramar", "Cancelar"],
  })),
];

/** The text that a template makes of its parameters, or the code with which WhatsApp fails it later. */
export function renderTemplate(
  templates: readonly Template[],
  id: string,
  params: readonly string[],
): { text: string; failure?: { code: number; reason: string } } {
  const template = templates.find((one) => one.id === id);
  if (!template)
    return { text: "", failure: { code: 132001, reason: "Template name does not exist in the translation" } };
  const text = template.text.replaceAll(/\{\{(\d+)\}\}/g, (_, number: string) => params[Number(number) - 1] ?? "");
  const expected = new Set(template.text.match(/\{\{\d+\}\}/g)).size;
  if (params.length !== expected || params.some((param) => param === "")) {
    return {
      text,
      failure: { code: 132000, reason: "Number of parameters does not match the expected number of params" },
    };
  }
  if (params.some((param) => /[\n\r\t]| {5}/.test(param))) {
    return {
      text,
      failure: { code: 132018, reason: "Template parameter has new-line/tab characters or more than 4 spaces" },
    };
  }
  return { text };
}
