// What the agent tells of others by their addresses, with the members' names in their place.

import { roster } from "../model/roster.js";
import { withNames } from "../model/with-names.js";

/** The text; its addresses are told by pointing at it. */
export function NamedText({ text }: { readonly text: string }) {
  const members = roster.value;
  const named = withNames(text, (address) => members?.get(address)?.title);
  return <span title={named === text ? undefined : text}>{named}</span>;
}
