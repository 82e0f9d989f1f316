import { expect, test } from "vitest";
import { allowedHostsSchema, reachOf } from "../src/allowed-hosts.ts";
import { isPublicAddress } from "../src/public-address.ts";

const allowed = allowedHostsSchema.parse("filemanager.gupshup.io, http://127.0.0.1:8081");

test.for([
  ["https://filemanager.gupshup.io/wa/x/wa/media/1?download=false", "public"],
  ["https://FILEMANAGER.gupshup.io/x", "public"],
  ["http://127.0.0.1:8081/media/1", "anywhere"],
  ["http://filemanager.gupshup.io/x", "refused"],
  ["https://filemanager.gupshup.io:8443/x", "refused"],
  ["https://filemanager.gupshup.io.evil.example/x", "refused"],
  ["https://evil.example/filemanager.gupshup.io", "refused"],
  ["https://user:pass@filemanager.gupshup.io/x", "refused"],
  ["https://filemanager.gupshup.io@evil.example/x", "refused"],
  ["http://127.0.0.1:8082/media/1", "refused"],
  ["https://127.0.0.1:8081/media/1", "refused"],
  ["http://127.0.0.1:8081@evil.example/", "refused"],
  ["http://169.254.169.254/latest/meta-data", "refused"],
  ["file:///etc/passwd", "refused"],
  ["ftp://filemanager.gupshup.io/x", "refused"],
] as const)("%s is %s", ([url, reach]) => {
  expect(reachOf(new URL(url), allowed)).toBe(reach);
});

test.for([
  "",
  " , ",
  "*.gupshup.io",
  "localhost",
  "10.0.0.1",
  "8.8.8.8",
  "http://127.0.0.1:8081/media",
  "ftp://x.example",
  "a b.example",
])("the setting %j is refused in words", (text) => {
  expect(allowedHostsSchema.safeParse(text).error?.issues[0]?.message).toContain("expected host names");
});

test.for([
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "127.8.9.1",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:10.0.0.1",
  "::ffff:8.8.8.8",
  "64:ff9b::a00:1",
  "fc00::1",
  "fd12::1",
  "fe80::1",
  "ff02::1",
  "2001::1",
  "2001:db8::1",
  "2002:a00:1::1",
  "localhost",
  "",
])("%s is not on the public internet", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.for(["8.8.8.8", "172.32.0.1", "34.202.224.208", "2606:4700:4700::1111", "2001:4860:4860::8888"])(
  "%s is on the public internet",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);
