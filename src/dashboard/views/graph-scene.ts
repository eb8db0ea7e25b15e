// The graph on its canvas: the members at their places, moving softly when these change, their links,
// and the sparks of what spreads.

import ForceGraph from "force-graph";
import { LARGE_CLUSTER } from "../model/limits.js";
import type { Place } from "../model/radial-layout.js";
import type { Spread } from "../model/spread.js";
import type { Palette } from "../parts/palette.js";
import { drawNode, drawSpread, type GraphNode, hitNode } from "./graph-drawing.js";

/** A link to draw. */
export interface SceneLink {
  readonly from: string;
  readonly to: string;
  readonly isOneWay: boolean;
}

/** A link as the library wants it: it puts the nodes in the place of their ids. */
interface GraphLink {
  source: string | GraphNode;
  target: string | GraphNode;
  readonly isOneWay: boolean;
}

/** What the scene tells of what a person does. */
export interface SceneEvents {
  onHover(address: string | undefined): void;
  onOpen(address: string): void;
}

const FIT_PX = 48;
const ZOOM_MS = 250;
const FIT_MS = 500;
const EASE = 0.14;
const NEAR_PX = 0.3;

/** The scene, alive until it is closed. */
export class GraphScene {
  readonly #graph: ForceGraph<GraphNode, GraphLink>;
  readonly #nodes = new Map<string, GraphNode>();
  #linksKey = "";
  #links: GraphLink[] = [];
  #spreads: Spread[] = [];
  #palette: Palette;
  #isMoving = false;
  #hasFitted = false;

  constructor(element: HTMLElement, palette: Palette, events: SceneEvents) {
    this.#palette = palette;
    this.#graph = new ForceGraph<GraphNode, GraphLink>(element)
      .cooldownTicks(0)
      .autoPauseRedraw(true)
      .enableNodeDrag(false)
      .minZoom(0.05)
      .maxZoom(8)
      .nodeLabel(() => "")
      .linkColor((link) => this.#linkColor(link))
      .linkWidth((link) => this.#linkWidth(link))
      .linkLineDash((link) => (link.isOneWay ? [5, 4] : null))
      .linkPointerAreaPaint(() => {})
      .nodeCanvasObject((node, context, scale) =>
        drawNode(node, context, scale, this.#palette, this.#nodes.size),
      )
      .nodePointerAreaPaint(hitNode)
      .onRenderFramePre(() => this.#move())
      .onRenderFramePost((context, scale) => this.#drawSpreads(context, scale))
      .onNodeHover((node) => events.onHover(node?.id))
      .onNodeClick((node) => events.onOpen(node.id));
  }

  /** Shows these members, each at its place, and these links. */
  show(
    nodes: readonly GraphNode[],
    places: ReadonlyMap<string, Place>,
    links: readonly SceneLink[],
  ) {
    for (const fresh of nodes) this.#place(fresh, places.get(fresh.id) ?? { x: 0, y: 0 });
    const ids = new Set(nodes.map(({ id }) => id));
    for (const id of this.#nodes.keys()) if (!ids.has(id)) this.#nodes.delete(id);
    this.#setLinks(links.filter(({ from, to }) => ids.has(from) && ids.has(to)));
    this.#graph.graphData({ nodes: [...this.#nodes.values()], links: this.#links });
    this.#isMoving = true;
    this.#redraw();
    if (!this.#hasFitted && nodes.length > 0) this.#fitSoon();
  }

  /** Lets a change spread. */
  spread(spread: Spread): void {
    this.#spreads.push(spread);
    this.#redraw();
  }

  /** How many changes are on their way. */
  get spreading(): number {
    return this.#spreads.length;
  }

  /** Changes colours. */
  recolor(palette: Palette): void {
    this.#palette = palette;
    this.#graph.backgroundColor("rgba(0,0,0,0)");
    this.#graph.linkColor((link) => this.#linkColor(link));
  }

  /** Fits the scene into its element. */
  resize(widthPx: number, heightPx: number): void {
    this.#graph.width(widthPx).height(heightPx);
    this.#graph.zoomToFit(0, FIT_PX);
  }

  /** Makes everything larger or smaller. */
  zoomBy(factor: number): void {
    this.#graph.zoom(this.#graph.zoom() * factor, ZOOM_MS);
  }

  /** Shows all of it. */
  fit(): void {
    this.#graph.zoomToFit(FIT_MS, FIT_PX);
  }

  /** Lets go of all that it holds. */
  close(): void {
    this.#graph._destructor();
  }

  #place(fresh: GraphNode, { x, y }: Place): void {
    const held = this.#nodes.get(fresh.id);
    if (held === undefined) {
      this.#nodes.set(fresh.id, { ...fresh, x, y, goalX: x, goalY: y });
      return;
    }
    Object.assign(held, fresh, { x: held.x, y: held.y, goalX: x, goalY: y });
  }

  /** The same links stay the same objects, so that the library need not look at them again. */
  #setLinks(links: readonly SceneLink[]): void {
    const key = links.map(({ from, to, isOneWay }) => `${from} ${to} ${isOneWay}`).join("\n");
    if (key === this.#linksKey) return;
    this.#linksKey = key;
    this.#links = links.map(({ from, to, isOneWay }) => ({ source: from, target: to, isOneWay }));
  }

  /** Each frame brings the members nearer to their places. */
  #move(): void {
    if (!this.#isMoving) return;
    let far = 0;
    for (const node of this.#nodes.values()) {
      const [dx, dy] = [(node.goalX ?? 0) - (node.x ?? 0), (node.goalY ?? 0) - (node.y ?? 0)];
      node.x = (node.x ?? 0) + dx * EASE;
      node.y = (node.y ?? 0) + dy * EASE;
      far = Math.max(far, Math.abs(dx), Math.abs(dy));
    }
    this.#isMoving = far > NEAR_PX;
    this.#redraw();
  }

  #drawSpreads(context: CanvasRenderingContext2D, scale: number): void {
    const nowMs = performance.now();
    this.#spreads = this.#spreads.filter((spread) => !spread.isOver(nowMs));
    for (const spread of this.#spreads) {
      drawSpread(spread, nowMs, this.#nodes, { context, scale, palette: this.#palette });
    }
    this.#redraw();
  }

  /** The library draws only when something of its own changed; while something moves, that is always. */
  #redraw(): void {
    this.#graph.autoPauseRedraw(!this.#isMoving && this.#spreads.length === 0);
  }

  #fitSoon(): void {
    this.#hasFitted = true;
    requestAnimationFrame(() => this.#graph.zoomToFit(0, FIT_PX));
  }

  /** Many links are drawn thinner than few. */
  #linkWidth({ isOneWay }: GraphLink): number {
    if (isOneWay) return 2.5;
    return this.#nodes.size > LARGE_CLUSTER ? 0.6 : 1.4;
  }

  #linkColor({ isOneWay }: GraphLink): string {
    if (isOneWay) return this.#palette.failed;
    return this.#nodes.size > LARGE_CLUSTER ? this.#palette.linkFaint : this.#palette.link;
  }
}
