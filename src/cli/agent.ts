// `gossip agent`: runs one peer until it is told to stop.

import { Command } from "commander";
import type { FlagTexts, GivenSettings } from "./given-settings.js";
import { addSettingFlags, flagTextsOf, gatherSettings } from "./given-settings.js";
import { teach } from "./help.js";
import { settingsJson, settingsTable } from "./settings-table.js";

interface AgentFlags {
  readonly config?: string;
  readonly check?: true;
  readonly json?: true;
}

const TEXT = `
Settings are taken from the flags, then from the variables, then from the config file (YAML or JSON,
with the names that --check prints), then from the defaults.

SIGTERM and SIGINT let it tell the others that it leaves, and end it with 0; a second one ends it at
once. SIGHUP has it read the config file and the certificates again: name, metadata, seeds, the check and
the log level change at once, and it says what else needs a restart.

With --tls-ca, --tls-cert and --tls-key all peers have to have a certificate, and the admin port speaks
TLS too; gossip certs makes some. Actions through an admin port that listens elsewhere than on loopback
need --admin-token-file or such a certificate.

With --check-command or --check-http the metadata key health tells the cluster whether the service
behind the agent is passing or failing, and health-reason why it fails.`;

/** The command, to be added to the program. */
export function agentCommand(): Command {
  const command = addSettingFlags(
    new Command("agent").description("run one peer until SIGINT or SIGTERM, and log its steps"),
  )
    .option("--config <file>", "a file of settings, YAML or JSON (env: GOSSIP_CONFIG)")
    .option("--check", "print what would be used, and where it came from, and end")
    .option("--json", "print JSON with --check; otherwise log it")
    .action((flags: AgentFlags, self: Command) => agent(flags, flagTextsOf(self)));
  return teach(command, {
    examples: [
      ["gossip agent --name a", "the first peer, on this machine only"],
      ["gossip agent --listen 127.0.0.1:0 --seed 127.0.0.1:7946 --admin none", "a second one"],
      ["gossip agent --listen 0.0.0.0:7946 --advertise 10.0.0.5:7946", "for other machines"],
      ["gossip agent --config /etc/gossip.yaml --check", "is the file right?"],
      ["gossip agent --check-http http://127.0.0.1:8080/health", "for the service beside it"],
    ],
    text: TEXT,
    failure: "it could not start, or could not end in time",
  });
}

async function agent(flags: AgentFlags, texts: FlagTexts): Promise<void> {
  const config = flags.config ?? process.env["GOSSIP_CONFIG"];
  const allTexts: FlagTexts =
    flags.json === true ? new Map([...texts, ["logFormat", ["json"]]]) : texts;
  const gather = (): Promise<GivenSettings> => gatherSettings(allTexts, process.env, config);
  const given = await gather();
  if (flags.check === true) {
    console.log(flags.json === true ? settingsJson(given) : settingsTable(given));
    return;
  }
  // Loaded here, so that the commands that only ask an agent start without all of a peer.
  const { runAgent } = await import("./agent-run.js");
  await runAgent(given, config === undefined ? undefined : { path: config, gather });
}
