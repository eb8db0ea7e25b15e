// Charts as SVG, drawn by Apache ECharts without a browser. It is large, so the package does not
// carry it: it is loaded when a chart is wanted, and who has not got it is told how to.

import { GossipError } from "../../core/errors.js";
import type { Axis, Chart } from "../experiments/experiment.js";

const WIDTH = 960;
const CHART_HEIGHT = 420;
/** Room beside the drawing for titles, the legend and the labels of the axes. */
const MARGINS = { top: 108, bottom: 70, left: 90, right: 40 };
const COLORS = [
  "#1f5fa8",
  "#d1662a",
  "#3a8a4d",
  "#8a4fa0",
  "#b8a13a",
  "#4aa3a8",
  "#a83a55",
  "#6b6b6b",
];

/** Draws charts below one another, as one SVG. */
export async function drawSvg(charts: readonly Chart[]): Promise<string> {
  const echarts = await loadEcharts();
  const height = CHART_HEIGHT * Math.max(1, charts.length);
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: "#ffffff",
      color: COLORS,
      title: charts.map(({ title }, index) => ({
        text: title,
        left: "center",
        top: index * CHART_HEIGHT + 12,
        textStyle: { fontSize: 16 },
      })),
      legend: charts.map(({ series }, index) => ({
        data: series.map(({ name }) => name),
        top: index * CHART_HEIGHT + 36,
        width: "90%",
        // How wide a text is drawn is a guess without a browser: a wide font needs more room.
        itemGap: 26,
      })),
      grid: charts.map((_, index) => ({
        top: index * CHART_HEIGHT + MARGINS.top,
        height: CHART_HEIGHT - MARGINS.top - MARGINS.bottom,
        left: MARGINS.left,
        right: MARGINS.right,
      })),
      xAxis: charts.map(({ x }, index) => axisOption(x, index, 30)),
      yAxis: charts.map(({ y }, index) => axisOption(y, index, 60)),
      series: charts.flatMap(({ x: { categories }, series }, index) =>
        series.map(({ name, points }) => ({
          type: categories === undefined ? ("line" as const) : ("bar" as const),
          name,
          xAxisIndex: index,
          yAxisIndex: index,
          showSymbol: points.length <= 40,
          data: points.map(([x, y]) => [x, y]),
        })),
      ),
    });
    return stableIds(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

function axisOption(axis: Axis, gridIndex: number, nameGap: number) {
  const common = { gridIndex, name: axis.label, nameLocation: "middle" as const, nameGap };
  if (axis.categories !== undefined) {
    const axisLabel = { rotate: 30, interval: 0, fontSize: 10 };
    return { ...common, type: "category" as const, data: [...axis.categories], axisLabel };
  }
  return { ...common, type: axis.isLogarithmic === true ? ("log" as const) : ("value" as const) };
}

/** Throws when charts cannot be drawn here. */
export async function checkPlots(): Promise<void> {
  await loadEcharts();
}

/** ECharts counts its drawings within a process; the same charts should give the same file. */
function stableIds(svg: string): string {
  return svg.replaceAll(/\bzr\d+-/g, "zr-");
}

function loadEcharts(): Promise<typeof import("echarts")> {
  return import("echarts").catch((cause: unknown) => {
    const message =
      "plots need the package echarts: install it beside gossip (npm install echarts)";
    throw new GossipError("INVALID_OPTION", message, { cause });
  });
}
