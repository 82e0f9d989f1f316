import { readFileSync } from "node:fs";

/** A file that a simulated customer can send. */
export interface Sample {
  name: string;
  kind: "audio" | "image";
  contentType: string;
  title: string;
  bytes: Buffer;
  /** What it says or shows, which the simulated Gemini answers for it; empty for a file that nobody can describe. */
  description: string;
}

const shipped = [
  {
    name: "nota-cita",
    kind: "audio",
    file: "nota-cita.ogg",
    contentType: "audio/ogg; codecs=opus",
    title: "Nota de voz: pedir una cita",
    description: "Hola, buenas. Quiero pedir una cita para mañana por la tarde, por favor.",
  },
  {
    name: "nota-precio",
    kind: "audio",
    file: "nota-precio.ogg",
    contentType: "audio/ogg; codecs=opus",
    title: "Nota de voz: preguntar precio y dirección",
    description: "Hola, ¿cuánto cuesta la limpieza y en qué dirección están ubicados?",
  },
  {
    name: "foto-piel",
    kind: "image",
    file: "foto-piel.jpg",
    contentType: "image/jpeg",
    title: "Foto: mejilla con enrojecimiento",
    description: "Un dibujo de un rostro de frente con la mejilla derecha enrojecida. No se ve texto.",
  },
  {
    name: "foto-comprobante",
    kind: "image",
    file: "foto-comprobante.png",
    contentType: "image/png",
    title: "Foto: comprobante de pago",
    description: "Un comprobante de pago. Texto visible: «Comprobante de pago, $80.000, aprobado».",
  },
] as const;

/** Files that no describer can use, for trying what happens then. */
const broken: Sample[] = [
  {
    name: "demasiado-grande",
    kind: "image",
    contentType: "image/jpeg",
    title: "Archivo de más de 10 MB",
    get bytes() {
      return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(11 * 1024 * 1024)]);
    },
    description: "",
  },
  {
    name: "falsa-foto",
    kind: "image",
    contentType: "image/jpeg",
    title: "Página web con nombre de foto",
    bytes: Buffer.from("<!doctype html><title>no soy una foto</title>"),
    description: "",
  },
];

/** The shipped samples (own voice synthesis, own drawings) and the broken ones. */
export const SAMPLES: readonly Sample[] = [
  ...shipped.map(({ file, ...sample }) => ({
    ...sample,
    bytes: readFileSync(new URL(`../../samples/${file}`, import.meta.url)),
  })),
  ...broken,
];
