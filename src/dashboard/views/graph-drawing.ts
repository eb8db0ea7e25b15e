// How members, and what spreads between them, are drawn on the canvas of the graph.

import { LARGE_CLUSTER } from "../model/limits.js";
import type { Spread } from "../model/spread.js";
import type { Status } from "../model/status.js";
import type { Palette } from "../parts/palette.js";

/** A member in the graph. */
export interface GraphNode {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly isSelf: boolean;
  x?: number;
  y?: number;
  goalX?: number;
  goalY?: number;
}

/** On what, how large and in which colours to draw. */
export interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly scale: number;
  readonly palette: Palette;
}

const FULL_TURN = 2 * Math.PI;
const RADIUS = 7;
const SELF_RADIUS = 11;
const SPARK_RADIUS = 3.4;
const GLOW_RADIUS = 16;
const TITLE_PX = 12;
/** In a large cluster, titles are drawn from this scale on. */
const TITLE_SCALE = 1.6;

function radiusOf(node: GraphNode): number {
  return node.isSelf ? SELF_RADIUS : RADIUS;
}

function disc(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, FULL_TURN);
}

/** Draws a member: filled while it lives, an empty ring when it is gone. */
export function drawNode(
  node: GraphNode,
  context: CanvasRenderingContext2D,
  scale: number,
  palette: Palette,
  among: number,
): void {
  const { x = 0, y = 0, status } = node;
  const radius = radiusOf(node);
  const isGone = status === "failed" || status === "left";
  disc(context, x, y, radius);
  context.fillStyle = isGone ? palette.surface : palette[status];
  context.fill();
  context.lineWidth = isGone ? 2 : 1.5;
  context.strokeStyle = isGone ? palette[status] : palette.surface;
  context.stroke();
  if (node.isSelf) drawSelfRing(context, x, y, radius, palette);
  if (status === "failed") drawCross(context, x, y, radius);
  if (among <= LARGE_CLUSTER || scale >= TITLE_SCALE || (node.isSelf && scale > TITLE_SCALE / 2)) {
    drawTitle(node, { context, scale, palette });
  }
}

function drawSelfRing(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  { accent }: Palette,
): void {
  disc(context, x, y, radius + 4);
  context.strokeStyle = accent;
  context.lineWidth = 2;
  context.stroke();
}

function drawCross(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  const arm = radius * 0.4;
  context.beginPath();
  context.moveTo(x - arm, y - arm);
  context.lineTo(x + arm, y + arm);
  context.moveTo(x + arm, y - arm);
  context.lineTo(x - arm, y + arm);
  context.stroke();
}

function drawTitle(node: GraphNode, { context, scale, palette }: Brush): void {
  const { x = 0, y = 0 } = node;
  const sizePx = TITLE_PX / Math.max(scale, 0.5);
  const top = y + radiusOf(node) + (node.isSelf ? 6 : 3);
  context.font = `500 ${sizePx}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "top";
  // A border in the colour of the ground keeps the title legible where links pass under it.
  context.lineJoin = "round";
  context.lineWidth = sizePx / 3;
  context.strokeStyle = palette.surface;
  context.strokeText(node.title, x, top);
  context.fillStyle = palette.text;
  context.fillText(node.title, x, top);
}

/** Draws where the pointer hits a member: somewhat larger than it is seen. */
export function hitNode(node: GraphNode, color: string, context: CanvasRenderingContext2D): void {
  disc(context, node.x ?? 0, node.y ?? 0, radiusOf(node) + 4);
  context.fillStyle = color;
  context.fill();
}

/** Draws the sparks of a change, and the members that it has reached. */
export function drawSpread(
  spread: Spread,
  nowMs: number,
  nodes: ReadonlyMap<string, GraphNode>,
  { context, palette }: Brush,
): void {
  const color = colorOf(spread.type, palette);
  for (const { address, share } of spread.glows(nowMs)) {
    const node = nodes.get(address);
    if (node === undefined) continue;
    disc(context, node.x ?? 0, node.y ?? 0, radiusOf(node) + (1 - share) * GLOW_RADIUS);
    context.globalAlpha = share * 0.8;
    context.lineWidth = 2.5;
    context.strokeStyle = color;
    context.stroke();
  }
  context.globalAlpha = 1;
  context.fillStyle = color;
  for (const { from, to, share } of spread.sparks(nowMs)) {
    const [start, end] = [nodes.get(from), nodes.get(to)];
    if (start === undefined || end === undefined) continue;
    const [x, y] = [between(start.x, end.x, share), between(start.y, end.y, share)];
    disc(context, x, y, SPARK_RADIUS);
    context.fill();
  }
}

function between(a = 0, b = 0, share = 0): number {
  return a + (b - a) * share;
}

function colorOf(type: string, palette: Palette): string {
  switch (type) {
    case "failed":
      return palette.failed;
    case "left":
      return palette.left;
    case "suspected":
      return palette.suspected;
    case "joined":
    case "cleared":
    case "refuted":
      return palette.live;
    default:
      return palette.updated;
  }
}
