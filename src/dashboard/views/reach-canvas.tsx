// The matrix of a large cluster: one square a pair on a canvas. What is wrong is also told in words,
// above it.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { counted } from "../model/format.js";
import type { MemberView } from "../model/member-view.js";
import { type ReachMap, type ReachState, reachMap, reachState } from "../model/reach.js";
import { goTo } from "../model/route.js";
import { type Palette, palette } from "../parts/palette.js";

const SIDE_PX = 1_000;

/** The matrix; a click on a row leads to its member. */
export function ReachCanvas({ members }: { readonly members: readonly MemberView[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointed = useSignal("");
  const sorted = [...members].sort((a, b) => (a.address < b.address ? -1 : 1));
  const [map, colors] = [reachMap.value, palette.value];
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context !== undefined && context !== null) draw(context, sorted, map, colors);
  });
  const at = (event: MouseEvent) => membersAt(event, sorted);
  return (
    <figure class="reach-figure">
      <canvas
        ref={canvas}
        width={SIDE_PX}
        height={SIDE_PX}
        role="img"
        aria-label={`Matrix of ${counted(sorted.length, "member")}: what is wrong is listed above`}
        onMouseMove={(event) => {
          const [from, to] = at(event);
          pointed.value =
            from === undefined || to === undefined ? "" : `${from.title} → ${to.title}`;
        }}
        onClick={(event) => {
          const [from] = at(event);
          if (from !== undefined) goTo({ type: "member", address: from.address });
        }}
      />
      <figcaption class="muted">
        {pointed.value === ""
          ? "Rows are asked, columns are reached; both in the order of addresses."
          : pointed.value}
      </figcaption>
    </figure>
  );
}

function membersAt(
  event: MouseEvent,
  sorted: readonly MemberView[],
): readonly [MemberView | undefined, MemberView | undefined] {
  if (!(event.currentTarget instanceof HTMLCanvasElement)) return [undefined, undefined];
  const box = event.currentTarget.getBoundingClientRect();
  const index = (offsetPx: number, sizePx: number): number =>
    Math.floor((offsetPx / sizePx) * sorted.length);
  return [
    sorted[index(event.clientY - box.top, box.height)],
    sorted[index(event.clientX - box.left, box.width)],
  ];
}

/** Only what was told is drawn: most pairs of a large cluster never probe each other. */
function draw(
  context: CanvasRenderingContext2D,
  sorted: readonly MemberView[],
  map: ReachMap,
  colors: Palette,
): void {
  const columns = new Map(sorted.map(({ address }, index) => [address, index]));
  const cell = SIDE_PX / sorted.length;
  // Small cells would vanish between those that are empty.
  const side = Math.max(cell, 2.5);
  context.clearRect(0, 0, SIDE_PX, SIDE_PX);
  sorted.forEach(({ address }, row) => {
    const told = map.get(address);
    if (told?.hasAnswered === false) {
      context.fillStyle = colors.line;
      context.fillRect(0, row * cell, SIDE_PX, side);
    }
    for (const to of told?.reached.keys() ?? []) {
      const column = columns.get(to);
      if (column === undefined) continue;
      const state = reachState(map, address, to);
      const px = state === "ok" ? side : Math.max(side, 6);
      context.fillStyle = colorOf(state, colors);
      context.fillRect(column * cell - (px - cell) / 2, row * cell - (px - cell) / 2, px, px);
    }
  });
}

function colorOf(state: ReachState, colors: Palette): string {
  switch (state) {
    case "ok":
      return colors.live;
    case "one-way":
      return colors.suspected;
    case "cut":
      return colors.failed;
    case "none":
    case "silent":
      return colors.line;
    default:
      state satisfies never;
      return colors.line;
  }
}
