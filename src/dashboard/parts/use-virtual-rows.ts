// Only the rows that are seen are in the page, however many there are; two empty rows hold the place
// of those above and below.

import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useReducer } from "preact/hooks";

const OVERSCAN = 8;

/** The rows to draw. */
export interface VirtualRows {
  readonly items: readonly VirtualItem[];
  readonly abovePx: number;
  readonly belowPx: number;
}

/** Follows how far `scroller` is scrolled. */
export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowPx: number,
): VirtualRows {
  const [, redraw] = useReducer((draws: number) => draws + 1, 0);
  const virtualizer = useMemo(() => makeVirtualizer(scroller, () => redraw(undefined)), [scroller]);
  virtualizer.setOptions({ ...virtualizer.options, count, estimateSize: () => rowPx });
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowPx]);
  const items = virtualizer.getVirtualItems();
  return {
    items,
    abovePx: items[0]?.start ?? 0,
    belowPx: Math.max(0, virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)),
  };
}

function makeVirtualizer(scroller: RefObject<HTMLElement | null>, onChange: () => void) {
  return new Virtualizer<HTMLElement, HTMLElement>({
    count: 0,
    overscan: OVERSCAN,
    estimateSize: () => 0,
    getScrollElement: () => scroller.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange,
  });
}
