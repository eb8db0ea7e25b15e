// Puts names where addresses are: people know their machines by name.

/** What may be an address: a host, or an IPv6 address in brackets, and a port. */
const ADDRESS = /(?:\[[\da-fA-F:.%]+\]|[\w.-]+):\d{1,5}(?!\d)/g;

/** The text, in which each address that `nameOf` knows has given way to its name. */
export function withNames(text: string, nameOf: (address: string) => string | undefined): string {
  return text.replace(ADDRESS, (address) => nameOf(address) ?? address);
}
