// The canvas of the graph in the page: it follows the members, the theme and the size of its place.

import { effect, type ReadonlySignal, type Signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { askForHealth, connection } from "../model/connection.js";
import { type GraphModel, isOneWay } from "../model/graph-model.js";
import { type Happening, latestHappening } from "../model/happening.js";
import { RETRY_MAX_MS, SPREADS_AT_ONCE } from "../model/limits.js";
import { pause } from "../model/pause.js";
import { roster } from "../model/roster.js";
import { goTo } from "../model/route.js";
import { Spread } from "../model/spread.js";
import { Icon, type IconName } from "../parts/icon.js";
import { palette } from "../parts/palette.js";
import type * as SceneModule from "./graph-scene.js";

const ZOOM_STEP = 1.4;
const REDUCED_MOTION = "(prefers-reduced-motion: reduce)";

interface GraphCanvasProps {
  readonly model: ReadonlySignal<GraphModel>;
  readonly hovered: Signal<string | undefined>;
  readonly label: string;
}

/** The canvas and its buttons. */
export function GraphCanvas({ model, hovered, label }: GraphCanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const [scene, setScene] = useState<SceneModule.GraphScene>();
  useEffect(() => {
    const element = place.current;
    return element === null ? undefined : open(element, model, hovered, setScene);
  }, [model, hovered]);
  return (
    <>
      <div
        ref={place}
        class="graph"
        role="img"
        aria-label={`${label}. The table tells the same.`}
      />
      <div class="graph-tools">
        <ZoomButton icon="plus" name="Larger" onClick={() => scene?.zoomBy(ZOOM_STEP)} />
        <ZoomButton icon="minus" name="Smaller" onClick={() => scene?.zoomBy(1 / ZOOM_STEP)} />
        <ZoomButton icon="fit" name="Show all" onClick={() => scene?.fit()} />
      </div>
    </>
  );
}

interface ZoomButtonProps {
  readonly icon: IconName;
  readonly name: string;
  onClick(): void;
}

function ZoomButton({ icon, name, onClick }: ZoomButtonProps) {
  return (
    <button type="button" class="button is-plain" aria-label={name} title={name} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

/** Loads the library and keeps the scene up to date; gives back what ends it. */
function open(
  element: HTMLElement,
  model: ReadonlySignal<GraphModel>,
  hovered: Signal<string | undefined>,
  onOpen: (scene: SceneModule.GraphScene) => void,
): () => void {
  let close: (() => void) | undefined;
  const closing = new AbortController();
  void loadScene(closing.signal).then((module) => {
    if (module === undefined) return;
    const scene = new module.GraphScene(element, palette.peek(), {
      onHover: (address) => {
        hovered.value = address;
      },
      onOpen: (address) => goTo({ type: "member", address }),
    });
    close = keepUp(scene, element, model);
    onOpen(scene);
  });
  return () => {
    closing.abort();
    hovered.value = undefined;
    close?.();
  };
}

/** What was loaded stays: another graph has it at once. */
let loaded: typeof SceneModule | undefined;

/** Waits until the agent gives it; undefined when nobody waits for it any more. */
async function loadScene(closing: AbortSignal): Promise<typeof SceneModule | undefined> {
  while (!closing.aborted) {
    loaded ??= await tryToLoad(closing);
    if (loaded !== undefined) return closing.aborted ? undefined : loaded;
    await pause(RETRY_MAX_MS, closing);
  }
  return undefined;
}

/**
 * Some browsers never ask again for a module that they once could not load: it is asked for only when
 * the agent has just answered.
 */
async function tryToLoad(closing: AbortSignal): Promise<typeof SceneModule | undefined> {
  await askForHealth(closing);
  if (closing.aborted || connection.peek().type !== "connected") return undefined;
  return await import("./graph-scene.js").catch(() => undefined);
}

function keepUp(
  scene: SceneModule.GraphScene,
  element: HTMLElement,
  model: ReadonlySignal<GraphModel>,
): () => void {
  const resizer = new ResizeObserver(() => scene.resize(element.clientWidth, element.clientHeight));
  resizer.observe(element);
  const seen = latestHappening.peek()?.id;
  const stops = [
    effect(() => scene.recolor(palette.value)),
    effect(() => show(scene, model.value)),
    effect(() => {
      const happening = latestHappening.value;
      if (happening !== undefined && happening.id !== seen) spread(scene, model.peek(), happening);
    }),
  ];
  return () => {
    resizer.disconnect();
    for (const stop of stops) stop();
    scene.close();
  };
}

function show(scene: SceneModule.GraphScene, { links, places }: GraphModel): void {
  const nodes = [...(roster.peek()?.values() ?? [])].map(({ address, title, status, isSelf }) => ({
    id: address,
    title,
    status,
    isSelf,
  }));
  const shown = links.map((pair) => ({ from: pair.from, to: pair.to, isOneWay: isOneWay(pair) }));
  scene.show(nodes, places, shown);
}

/** Lets an event spread from the member that it is about, or from those around one that is gone. */
function spread(
  scene: SceneModule.GraphScene,
  { adjacency }: GraphModel,
  { type, address }: Happening,
): void {
  if (address === "" || scene.spreading >= SPREADS_AT_ONCE) return;
  if (window.matchMedia(REDUCED_MOTION).matches) return;
  scene.spread(new Spread(type, address, adjacency, performance.now()));
}
