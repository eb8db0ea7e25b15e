// What the tests of faults need of the machine, and how all of their namespaces are named.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What the names of all namespaces of these tests begin with. */
export const NETWORK_PREFIX = process.env["GOSSIP_FAULTS_PREFIX"] ?? "gossip-faults";

/** The programs, and the Debian packages that have them. */
const PROGRAMS = {
  ip: "iproute2",
  nft: "nftables",
  socat: "socat",
  faketime: "faketime",
} as const;

/** Why these tests cannot run here; undefined where they can. */
export function whyNot(): string | undefined {
  if (process.platform !== "linux") return "they need the network namespaces of Linux";
  if (process.getuid?.() !== 0) return "only root may make network namespaces";
  const missing = Object.entries(PROGRAMS).filter(([program]) => !isInstalled(program));
  if (missing.length === 0) return whyNoNamespaces();
  const packages = missing.map(([, name]) => name).join(" ");
  return `programs are missing here: install them, such as with \`apt-get install ${packages}\``;
}

/** A container may keep even root from it. */
function whyNoNamespaces(): string | undefined {
  const name = `${NETWORK_PREFIX}-${process.pid}-trial`;
  try {
    execFileSync("ip", ["netns", "add", name], { stdio: "pipe" });
    execFileSync("ip", ["netns", "delete", name], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `the system does not let them make network namespaces: ${(error as Error).message.trim()}`;
  }
}

function isInstalled(program: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(join(folder, program)));
}
