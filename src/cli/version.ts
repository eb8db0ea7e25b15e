// `gossip version`: what runs here.

import { Command } from "commander";
import { packageVersion } from "../admin/package-version.js";
import { teach } from "./help.js";

/** The command, to be added to the program. */
export function versionCommand(): Command {
  const command = new Command("version")
    .description("print the version of gossip and of what it runs on")
    .option("--json", "print JSON")
    .action(({ json }: { readonly json?: true }) => {
      const versions = { gossip: packageVersion(), node: process.version, platform: platform() };
      if (json === true) console.log(JSON.stringify(versions, undefined, 2));
      else
        for (const [name, version] of Object.entries(versions)) console.log(`${name} ${version}`);
    });
  return teach(command, {
    examples: [
      ["gossip version", "of this command; a running agent may be another"],
      ["gossip version --json", "for scripts"],
    ],
  });
}

function platform(): string {
  return `${process.platform}-${process.arch}`;
}
