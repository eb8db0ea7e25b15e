// The agent's figures over the last minutes, asked for only while this view is looked at.

import { useComputed } from "@preact/signals";
import { chartsFor } from "../model/charts.js";
import { samples } from "../model/figures.js";
import { lookAtFigures } from "../model/looking.js";
import { Chart } from "../parts/chart.js";
import { useLooking } from "../parts/use-looking.js";
import { Empty, View } from "../parts/view.js";

/** The view. */
export function ChartsView() {
  useLooking(lookAtFigures);
  const times = useComputed(() => samples.value.map(({ atMs }) => atMs / 1_000));
  return (
    <View title="Charts" about="What this agent does and needs, since this view was opened.">
      {samples.value.length === 0 ? <Empty>Waiting for the first figures …</Empty> : null}
      <div class="charts">
        {chartsFor(samples.value).map((chart) => (
          <Chart key={chart.title} chart={chart} times={times.value} samples={samples.value} />
        ))}
      </div>
    </View>
  );
}
