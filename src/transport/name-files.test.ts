import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { makePipe, testFolder } from "../../test/support/folder.js";
import { NameFiles } from "./name-files.js";

let hosts = "";
let resolvConf = "";
let files: NameFiles;

beforeEach(() => {
  const folder = testFolder();
  hosts = join(folder, "hosts");
  resolvConf = join(folder, "resolv.conf");
  files = new NameFiles({ hosts, resolvConf });
});

describe("the hosts file", () => {
  test("has the addresses of a name in its order, however that is written", () => {
    writeFileSync(
      hosts,
      [
        "# 10.0.0.9 one",
        "10.0.0.1\tone.example one # the first",
        "fd00::1 one one.example",
        "10.0.0.1 one",
        "no-address one",
        "fe80::1%eth0 two\r",
      ].join("\n"),
    );
    expect(files.addressesOf("one")).toEqual(["10.0.0.1", "fd00::1"]);
    expect(files.addressesOf("ONE.Example.")).toEqual(["10.0.0.1", "fd00::1"]);
    expect(files.addressesOf("two")).toEqual(["fe80::1%eth0"]);
    expect(files.addressesOf("first")).toEqual([]);
  });

  test("is read again once it has changed, and may be missing", () => {
    expect(files.addressesOf("one")).toEqual([]);
    writeFileSync(hosts, "10.0.0.1 one\n");
    expect(files.addressesOf("one")).toEqual(["10.0.0.1"]);
    writeFileSync(hosts, "10.0.0.2 one\n");
    utimesSync(hosts, 1, 1);
    expect(files.addressesOf("one")).toEqual(["10.0.0.2"]);
    rmSync(hosts);
    expect(files.addressesOf("one")).toEqual([]);
  });
});

test("a pipe in the place of a file is not waited for, and as one that is empty", () => {
  makePipe(hosts);
  makePipe(resolvConf);
  expect(files.addressesOf("one")).toEqual([]);
  expect(files.candidatesOf("one")).toEqual(["one"]);
});

describe("the names that DNS is asked for", () => {
  test("are the name alone where there is no search list", () => {
    expect(files.candidatesOf("one")).toEqual(["one"]);
  });

  test("are those of the search list first for a name with few dots", () => {
    writeFileSync(
      resolvConf,
      "domain old.example\nsearch pods.example. example\noptions timeout:1 ndots:2\n",
    );
    expect(files.candidatesOf("one")).toEqual(["one.pods.example", "one.example", "one"]);
    expect(files.candidatesOf("a.b.one")).toEqual([
      "a.b.one",
      "a.b.one.pods.example",
      "a.b.one.example",
    ]);
  });

  test("are the name alone where it ends with a dot", () => {
    writeFileSync(resolvConf, "search example\n");
    expect(files.candidatesOf("one.")).toEqual(["one."]);
  });
});
