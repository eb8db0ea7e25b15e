// A part of a table without content that holds the place of rows that are not seen.

/** The place; none where nothing is left out. One cell, so that hidden columns stay hidden. */
export function SpacerBody({ px }: { readonly px: number }) {
  return px === 0 ? null : (
    <tbody class="spacer" aria-hidden="true">
      <tr>
        <td style={{ height: `${px}px` }} />
      </tr>
    </tbody>
  );
}
