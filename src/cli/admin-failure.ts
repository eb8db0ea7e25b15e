// What went wrong when an agent was asked, as one line that says what to do.

import { Code, ConnectError } from "@connectrpc/connect";
import { thrownCause, thrownCode, thrownTogether } from "../core/thrown.js";
import { printable } from "../peer/printable.js";
import { CommandFailed } from "./command-failed.js";
import { EXIT_FAILURE, EXIT_NO_AGENT, EXIT_REFUSED } from "./exit-codes.js";
import { formatDuration } from "./output.js";

/** The agent answered, and the answer is no. */
export class AdminRefusal extends CommandFailed {
  constructor(message: string, cause?: unknown) {
    super(message, { exitCode: EXIT_REFUSED, cause });
  }
}

/** What the agent itself says no with; its words say why. */
const REFUSALS: ReadonlySet<Code> = new Set([
  Code.AlreadyExists,
  Code.FailedPrecondition,
  Code.InvalidArgument,
  Code.NotFound,
  Code.OutOfRange,
  Code.PermissionDenied,
  Code.ResourceExhausted,
  Code.Unauthenticated,
  Code.Unavailable,
  Code.Unimplemented,
]);

/** The failure of a call to the agent at that address. */
export function adminFailure(
  error: unknown,
  { admin, timeout }: { readonly admin: string; readonly timeout: number },
): CommandFailed {
  if (error instanceof CommandFailed) return error;
  const { code, cause, rawMessage, metadata } = ConnectError.from(error);
  const absent = (message: string) =>
    new CommandFailed(message, { exitCode: EXIT_NO_AGENT, cause: error });
  const systemCode = systemCodeOf(cause);
  if (systemCode !== undefined && UNREACHABLE.has(systemCode)) {
    return absent(
      `no agent answers at ${admin} (${systemCode}): start one with gossip agent, or name its admin address with --admin`,
    );
  }
  if (code === Code.DeadlineExceeded) {
    return absent(
      `nothing answered at ${admin} within ${formatDuration(timeout)}: check that it is the admin address of an agent, or allow more with --timeout`,
    );
  }
  const tlsFault = tlsFaultOf(systemCode);
  if (tlsFault !== undefined)
    return absent(`TLS with ${admin} failed (${systemCode}): ${tlsFault}`);
  const isToldByAgent = isOfService(metadata, rawMessage);
  if (isToldByAgent && REFUSALS.has(code)) return new AdminRefusal(printable(rawMessage), error);
  if (isToldByAgent) {
    const message = `the agent at ${admin} failed: ${printable(rawMessage)}`;
    return new CommandFailed(message, { exitCode: EXIT_FAILURE, cause: error });
  }
  if (code === Code.Aborted || code === Code.Canceled) {
    return absent(
      `the agent at ${admin} went away: start it again, name another with --admin, or give --tls-ca if it speaks TLS`,
    );
  }
  const found = rawMessage === "" ? "it answers otherwise" : printable(rawMessage);
  return absent(
    `what listens at ${admin} is not the admin port of an agent (${found}): check --admin, since the port of the peer itself is another one, and give --tls-ca if it speaks TLS`,
  );
}

/** What to do where a handshake with the agent failed; undefined for what is not of TLS. */
function tlsFaultOf(systemCode: string | undefined): string | undefined {
  if (
    systemCode === "ERR_SSL_WRONG_VERSION_NUMBER" ||
    systemCode === "ERR_SSL_PACKET_LENGTH_TOO_LONG"
  ) {
    return "it speaks no TLS: leave out --tls-ca";
  }
  if (systemCode === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return "its certificate does not name that host: ask it by a name that it has";
  }
  if (systemCode === undefined || !/CERT|SSL|SIGNED|ISSUER|SIGNATURE/.test(systemCode))
    return undefined;
  return "check that --tls-ca is the authority of the agent, and that no certificate has ended";
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EADDRNOTAVAIL",
  "ETIMEDOUT",
  "ETIMEOUT",
  "ESERVFAIL",
]);

/** The system's code of the error at the bottom, such as ECONNREFUSED. */
function systemCodeOf(error: unknown): string | undefined {
  const code = thrownCode(error);
  if (code !== undefined) return code;
  // Node tries every address of a name, and gives the failures of all.
  const [first] = thrownTogether(error) ?? [];
  if (first !== undefined) return systemCodeOf(first);
  const cause = thrownCause(error);
  return cause === undefined ? undefined : systemCodeOf(cause);
}

/** What is made of the answers of other servers: they have no words of the service. */
const FOREIGN_MESSAGE = /^(|HTTP \d+|unsupported content type .*)$/;

/** Whether the service wrote that error. */
function isOfService(metadata: Headers, message: string): boolean {
  const contentType = metadata.get("content-type") ?? "";
  return /^application\/(json|connect)/.test(contentType) && !FOREIGN_MESSAGE.test(message);
}
