// Which hosts are this machine and nothing else.

/** True for `localhost`, names under it, and the loopback addresses; the host is in lower case. */
export function isLoopback(host: string): boolean {
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1") return true;
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
