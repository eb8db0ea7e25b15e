// A chart of lines over time, with the latest values in words above it.

import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { ChartModel, Series } from "../model/charts.js";
import type { Sample } from "../model/figures.js";
import { timeOfDay, UNKNOWN } from "../model/format.js";
import { palette } from "./palette.js";

const HEIGHT_PX = 170;
const Y_AXIS_PX = 62;
const X_AXIS_PX = 30;
const X_TICK_PX = 90;
const LEAST_SPAN_S = 60;

interface ChartProps {
  readonly chart: ChartModel;
  readonly times: readonly number[];
  readonly samples: readonly Sample[];
}

/** One chart, as a figure with a caption. */
export function Chart({ chart, times, samples }: ChartProps) {
  const lines = chart.series.map((series) => series.values(samples));
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{chart.title}</h2>
        <p class="muted small">{chart.about}</p>
        <Latest chart={chart} lines={lines} />
      </figcaption>
      <Plot chart={chart} data={[[...times], ...lines]} />
    </figure>
  );
}

interface LatestProps {
  readonly chart: ChartModel;
  readonly lines: readonly (readonly (number | null)[])[];
}

function Latest({ chart, lines }: LatestProps) {
  return (
    <dl class="latest">
      {chart.series.map((series, index) => {
        const value = lines[index]?.findLast((each) => each !== null);
        return (
          <div key={series.name}>
            <dt>
              <span class={`series-mark is-series-${index + 1}`} aria-hidden="true" />
              {series.name}
            </dt>
            <dd>{value === undefined || value === null ? UNKNOWN : chart.format(value)}</dd>
          </div>
        );
      })}
    </dl>
  );
}

interface PlotProps {
  readonly chart: ChartModel;
  readonly data: uPlot.AlignedData;
}

function Plot({ chart, data }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    // The colours are part of what a plot is made of: with another theme it is made anew.
    const stop = effect(() => {
      plot.current?.destroy();
      plot.current = new uPlot(plotOptions(chart, element.clientWidth), latest.current, element);
    });
    const resizer = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
    );
    resizer.observe(element);
    return () => {
      resizer.disconnect();
      stop();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [chart]);
  useEffect(() => plot.current?.setData(data));
  return <div ref={place} class="plot" aria-hidden="true" />;
}

function plotOptions(chart: ChartModel, widthPx: number): uPlot.Options {
  const { muted, line, series } = palette.value;
  const axis = { stroke: muted, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width: widthPx,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: (_, min, max) => [Math.min(min, max - LEAST_SPAN_S), max] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.15 : 1] },
    },
    axes: [
      {
        ...axis,
        size: X_AXIS_PX,
        space: X_TICK_PX,
        values: (_, ticks) => ticks.map((at) => timeOfDay(at * 1_000)),
      },
      { ...axis, size: Y_AXIS_PX, values: (_, ticks) => ticks.map((value) => chart.format(value)) },
    ],
    series: [{}, ...chart.series.map((each, index) => plotSeries(each, series[index] ?? muted))],
  };
}

function plotSeries({ name }: Series, stroke: string): uPlot.Series {
  return { label: name, stroke, width: 2, points: { show: false }, spanGaps: true };
}
