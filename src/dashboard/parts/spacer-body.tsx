// A part of a table without content that holds the place of rows that are not seen.

interface SpacerProps {
  readonly px: number;
  readonly columns: number;
}

/** The place; none where nothing is left out. */
export function SpacerBody({ px, columns }: SpacerProps) {
  return px === 0 ? null : (
    <tbody class="spacer" aria-hidden="true">
      <tr>
        <td colSpan={columns} style={{ height: `${px}px` }} />
      </tr>
    </tbody>
  );
}
