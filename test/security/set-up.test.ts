// docs/SECURITY.md does what it says: the block that sets TLS up is run as it stands there, but for the
// ports.

import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { gossip, startGossip } from "../support/command.js";
import { eventually } from "../support/eventually.js";
import { testFolder } from "../support/folder.js";
import { freePorts } from "../support/hosts.js";

const MARKDOWN = readFileSync(new URL("../../docs/SECURITY.md", import.meta.url), "utf8");
const BOUND_MS = 60_000;

/** The commands of the block that begins with the authority. */
function setUpCommands(): readonly string[] {
  const [, block = ""] = /^```sh\n(gossip certs init\n.*?)^```$/ms.exec(MARKDOWN) ?? [];
  return block.trim().split("\n");
}

test(
  "two agents with certificates see each other, and their members need one too",
  async () => {
    const cwd = testFolder();
    const [one = 0, two = 0, adminPort = 0] = await freePorts(3);
    const admin = `127.0.0.1:${adminPort}`;
    const env: Record<string, string> = {
      // What the block leaves to the defaults, which may be taken on this machine.
      GOSSIP_LISTEN: `127.0.0.1:${one}`,
      GOSSIP_ADMIN: admin,
    };
    for (const line of setUpCommands()) {
      const command = line.replaceAll(":7946", `:${one}`).replaceAll(":7947", `:${two}`);
      const [program, ...argv] = command.split(" ");
      if (program === "export") {
        const [name = "", value = ""] = (argv[0] ?? "").split("=");
        env[name] = value;
      } else if (argv[0] === "agent") {
        const agent = startGossip(argv, { env, cwd });
        onTestFinished(() => void agent.kill("SIGKILL"));
      } else {
        expect(program).toBe("gossip");
        // The agents come up meanwhile.
        await eventually(async () => {
          const { code, stdout, stderr } = await gossip(argv, { env, cwd });
          expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: "" });
          const isList = argv[0] === "members";
          if (isList) for (const port of [one, two]) expect(stdout).toContain(`127.0.0.1:${port}`);
        }, BOUND_MS);
      }
    }
    const { GOSSIP_TLS_CA: _, ...without } = env;
    expect((await gossip(["members"], { env: without, cwd })).code).not.toBe(0);
  },
  3 * BOUND_MS,
);
