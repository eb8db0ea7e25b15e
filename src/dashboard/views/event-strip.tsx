// The events of the last minutes on a strip: one lane a kind, time from left to right. The table below
// tells the same, so screen readers pass over it.

import { useSignal } from "@preact/signals";
import { nowMs } from "../model/clock.js";
import { timeOfDay } from "../model/format.js";
import {
  HAPPENING_NAMES,
  HAPPENING_TYPES,
  type Happening,
  type HappeningType,
} from "../model/happening.js";

const MINUTE_MS = 60_000;
const SPANS_MIN = [5, 15, 60] as const;
const LANE_PX = 20;
const TICKS = 5;
/** More marks than this would only lie on one another. */
const MARKS_SHOWN = 300;

/** The strip. */
export function EventStrip({ shown }: { readonly shown: readonly Happening[] }) {
  const spanMin = useSignal<number>(SPANS_MIN[0]);
  const spanMs = spanMin.value * MINUTE_MS;
  const endMs = nowMs.value;
  const startMs = endMs - spanMs;
  const lanes: readonly HappeningType[] = HAPPENING_TYPES.filter((type) => type !== "dropped");
  const marks = shown.filter(({ atMs }) => atMs >= startMs).slice(0, MARKS_SHOWN);
  const left = (atMs: number): string => `${Math.min(100, ((atMs - startMs) / spanMs) * 100)}%`;
  return (
    <div class="strip card">
      <fieldset class="strip-span" aria-label="How far back the strip goes">
        {SPANS_MIN.map((minutes) => (
          <button
            key={minutes}
            type="button"
            class="button is-quiet"
            aria-pressed={spanMin.value === minutes}
            onClick={() => {
              spanMin.value = minutes;
            }}
          >
            {minutes} min
          </button>
        ))}
      </fieldset>
      <div class="strip-lanes" aria-hidden="true" style={{ height: `${lanes.length * LANE_PX}px` }}>
        {lanes.map((type, lane) => (
          <span key={type} class="strip-lane" style={{ top: `${lane * LANE_PX}px` }}>
            <span class="strip-name">{HAPPENING_NAMES[type]}</span>
          </span>
        ))}
        <div class="strip-marks">
          {marks.map(({ id, type, atMs, title }) => (
            <span
              key={id}
              class={`strip-mark is-${type}`}
              title={`${timeOfDay(atMs)} ${title}`}
              style={{ left: left(atMs), top: `${lanes.indexOf(type) * LANE_PX + LANE_PX / 2}px` }}
            />
          ))}
        </div>
      </div>
      <StripTicks startMs={startMs} endMs={endMs} left={left} />
    </div>
  );
}

interface TicksProps {
  readonly startMs: number;
  readonly endMs: number;
  left(atMs: number): string;
}

/** The times at whole minutes. */
function StripTicks({ startMs, endMs, left }: TicksProps) {
  const stepMs = (endMs - startMs) / TICKS;
  const first = Math.ceil(startMs / stepMs) * stepMs;
  const times = Array.from({ length: TICKS }, (_, index) => first + index * stepMs);
  return (
    <div class="strip-ticks" aria-hidden="true">
      {times.map((atMs) => (
        <span key={atMs} style={{ left: left(atMs) }}>
          {timeOfDay(atMs).slice(0, 5)}
        </span>
      ))}
    </div>
  );
}
