// A member's metadata in one line: as many keys as there is room for.

import type { MetadataEntry } from "../model/member-view.js";

const SHOWN = 3;

/** The first few keys with their values, and how many more there are. */
export function MetadataChips({ entries }: { readonly entries: readonly MetadataEntry[] }) {
  const more = entries.length - SHOWN;
  return (
    <span class="chips">
      {entries.slice(0, SHOWN).map(({ key, value }) => (
        <span key={key} class="chip" title={`${key} = ${value}`}>
          <span class="chip-key">{key}</span> {value}
        </span>
      ))}
      {more > 0 ? <span class="muted">+{more}</span> : null}
    </span>
  );
}
