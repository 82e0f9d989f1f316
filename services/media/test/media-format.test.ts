import { expect, test } from "vitest";
import { detectFormat } from "../src/media-format.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");

test.for([
  ["\xff\xd8\xff\xe0\x00\x10JFIF", "image", "image/jpeg"],
  ["\x89PNG\r\n\x1a\n", "image", "image/png"],
  ["RIFF\x24\x00\x00\x00WEBPVP8 ", "image", "image/webp"],
  ["OggS\x00\x02", "audio", "audio/ogg"],
  ["RIFF\x24\x00\x00\x00WAVEfmt ", "audio", "audio/wav"],
  ["\x00\x00\x00\x20ftypM4A ", "audio", "audio/mp4"],
  ["ID3\x03", "audio", "audio/mpeg"],
  ["\xff\xfb\x90\x64", "audio", "audio/mpeg"],
  ["\xff\xf1\x50\x80", "audio", "audio/aac"],
  ["#!AMR\n", "other", "audio/amr"],
  ["\x00\x00\x00\x18ftypmp42", "other", "video/mp4"],
  ["%PDF-1.7", "other", "application/pdf"],
  ["PK\x03\x04", "other", "application/zip"],
] as const)("bytes %j are %s, %s", ([head, kind, mimeType]) => {
  expect(detectFormat(bytes(head))).toMatchObject({ kind, mimeType });
});

test.for(["<html><script>", '{"status":"error"}', "", "\xff", "\xff\xfe\x00", "RIFF\x24\x00\x00\x00AVI "])(
  "bytes %j are nothing that we know",
  (head) => {
    expect(detectFormat(bytes(head))).toBeNull();
  },
);
