// A line plot of one curve as SVG, with round ticks from zero on.

/** A curve, and what its axes show. */
export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const WIDTH = 640;
const HEIGHT = 400;
const MARGIN = { top: 48, right: 24, bottom: 56, left: 72 } as const;
const TICKS = 5;

/** Draws a plot. */
export function plotSvg({ title, xLabel, yLabel, points }: Plot): string {
  const xs = ticks(Math.max(...points.map(({ x }) => x)));
  const ys = ticks(Math.max(...points.map(({ y }) => y)));
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const atX = (x: number): string =>
    (MARGIN.left + (x / (xs.at(-1) ?? 1)) * (right - MARGIN.left)).toFixed(1);
  const atY = (y: number): string =>
    (bottom - (y / (ys.at(-1) ?? 1)) * (bottom - MARGIN.top)).toFixed(1);
  const grid = [
    ...xs.map((x) => `<path d="M${atX(x)} ${bottom}V${MARGIN.top}" stroke="#ddd"/>`),
    ...ys.map((y) => `<path d="M${MARGIN.left} ${atY(y)}H${right}" stroke="#ddd"/>`),
  ];
  const labels = [
    ...xs.map((x) => text(atX(x), bottom + 18, "middle", String(x))),
    ...ys.map((y) => text(MARGIN.left - 8, Number(atY(y)) + 4, "end", String(y))),
    text((MARGIN.left + right) / 2, HEIGHT - 16, "middle", xLabel),
    text(MARGIN.left, MARGIN.top - 12, "end", yLabel),
    `<text x="${WIDTH / 2}" y="20" text-anchor="middle" font-weight="bold">${title}</text>`,
  ];
  const line = points.map(({ x, y }) => `${atX(x)},${atY(y)}`).join(" ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...grid,
    ...labels,
    `<polyline points="${line}" fill="none" stroke="#06c" stroke-width="2"/>`,
    ...points.map(({ x, y }) => `<circle cx="${atX(x)}" cy="${atY(y)}" r="3" fill="#06c"/>`),
    "</svg>",
    "",
  ].join("\n");
}

/** From zero in round steps to the first that is no less than `max`. */
function ticks(max: number): number[] {
  const rough = max / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

function text(x: string | number, y: number, anchor: string, content: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#333">${content}</text>`;
}
