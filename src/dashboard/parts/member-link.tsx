// The name of a member, wherever it stands: it leads to the member's page.

import { roster } from "../model/roster.js";
import { hrefTo } from "../model/route.js";

/** A link to the page of a member, by its name where it is known. */
export function MemberLink({ address }: { readonly address: string }) {
  const member = roster.value?.get(address);
  const title = member?.title ?? address;
  return (
    <a class={title === address ? "address" : undefined} href={hrefTo({ type: "member", address })}>
      {title}
    </a>
  );
}
