import { setTimeout as pause } from "node:timers/promises";
import { AURORA, BRISA } from "../../../test/organizations.ts";
import type { LiveFleet } from "./live-fleet.ts";

const STEP_WITHIN_MS = 60_000;

/** Names of what the load did, each with how it is done; every one ends when the customer has seen the answer. */
export const SCRIPT: Readonly<Record<string, (live: LiveFleet) => Promise<void>>> = {
  "a booking, moved, then cancelled": bookMoveCancel,
  "questions of several customers": async (live) => {
    await Promise.all(
      [11, 12, 13, 14].map(async (number) => {
        const phone = live.phone(BRISA.app, `5730033300${number}`);
        await phone.say("¿cuál es la dirección?");
        await phone.until(/Carrera 43A/);
      }),
    );
  },
  "a voice note and a picture": async (live) => {
    for (const [type, number] of [["audio", "573003330021"] as const, ["image", "573003330022"] as const]) {
      const phone = live.phone(AURORA.app, number);
      await phone.send(type);
      await phone.until(/./);
    }
  },
  "an escalation": async (live) => {
    const phone = live.phone(AURORA.app, "573003330031");
    await phone.say("quiero hablar con un asesor");
    await phone.until(/ya avisé a nuestro equipo/);
  },
  "a dead letter": async (live) => {
    const destination = "573003330041";
    await live.faults("gupshup", [{ kind: "status", status: 400, destination }]);
    await live.phone(BRISA.app, destination).say("¿cuál es la dirección?");
    await untilTrue(async () => (await metricOf(live, "outbound", /^skytide_dead_letters\{.*\} (\d+)/m)) > 0);
    await live.faults("gupshup", []);
  },
  "the same webhook twice, and one of nobody's": async (live) => {
    await live.faults("gupshup", [{ kind: "duplicate", event: "message", times: 1 }]);
    const phone = live.phone(BRISA.app, "573003330051");
    await phone.say("¿cuál es la dirección?");
    await phone.until(/Carrera 43A/);
    await live.faults("gupshup", []);
  },
};

async function bookMoveCancel(live: LiveFleet): Promise<void> {
  const phone = live.phone(AURORA.app, "573003330001");
  await phone.say("Hola, quiero una limpieza facial mañana en la tarde");
  await phone.tap((await phone.until(/tengo:/)).choices?.[0] ?? { title: "1" });
  await phone.until(/nombre/);
  await phone.say("Laura Gómez");
  await phone.until(/¿La agendo\?/);
  await phone.say("sí");
  await phone.until(/quedó agendada/);
  const reminders = await phone.until(/recordatorios/);
  await phone.tap(reminders.choices?.at(-1) ?? { title: "No, gracias" });
  await phone.until(/no te enviaré/);
  await phone.say("quiero mover mi cita");
  await phone.until(/¿Para qué día la cambiamos\?/);
  await phone.say("pasado mañana");
  await untilTrue(async () => /tengo:/.test((await phone.answers()).at(-1)?.content.text ?? ""));
  await phone.tap((await phone.answers()).at(-1)?.content.choices?.[0] ?? { title: "1" });
  await phone.until(/¿Hago el cambio\?/);
  await phone.say("sí");
  await phone.until(/quedó cambiada/);
  await phone.say("cancela mi cita");
  await phone.until(/¿La cancelo\?/);
  await phone.say("sí");
  await phone.until(/quedó cancelada/);
}

/** A number on a stage's own metrics page; 0 while it is not there. */
async function metricOf(live: LiveFleet, stage: string, line: RegExp): Promise<number> {
  const page = await (await fetch(`${live.fleet.urls.admin[stage]}/metrics`)).text();
  return Number(line.exec(page)?.[1] ?? 0);
}

/** Looks until it is so; rejects when the time of a step is over. */
export async function untilTrue(look: () => Promise<boolean>, limitMs = STEP_WITHIN_MS): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`it did not come to that within ${limitMs / 1_000} s`);
    await pause(200);
  }
}
