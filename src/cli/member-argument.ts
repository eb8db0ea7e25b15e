// The argument `<member>` of a command: an address, or a name that only one member has.

import { printable } from "../peer/printable.js";
import { ask, type ClientFlags, isAddress } from "./admin-client.js";
import { AdminRefusal } from "./admin-failure.js";

/** The address of the member that is meant. */
export async function addressOf(member: string, flags: ClientFlags): Promise<string> {
  if (isAddress(member)) return member;
  const { members } = await ask(flags, (client, options) => {
    return client.listMembers({ contains: member }, options);
  });
  const [found, ...others] = members.filter(({ info }) => info?.name === member);
  if (found === undefined) {
    throw new AdminRefusal(
      `no member has the name or address ${JSON.stringify(member)}: gossip members lists them`,
    );
  }
  if (others.length === 0) return found.address;
  const addresses = [found, ...others].map(({ address }) => printable(address)).join(", ");
  const message = `${others.length + 1} members have the name ${JSON.stringify(member)}: give the address, one of ${addresses}`;
  throw new AdminRefusal(message);
}
