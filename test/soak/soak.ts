// `npm run soak`: a cluster of several processes under churn and updates, for long: nobody who lives is
// taken for gone, nothing grows, and every update comes everywhere. Options: --minutes, --peers,
// --processes, --churn (percent of the peers replaced in a minute), --updates (in a second).

import { parseArgs } from "node:util";
import { printReport } from "./soak-report.js";
import { Soak, type SoakPlan } from "./soak-run.js";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "15" },
    peers: { type: "string", default: "64" },
    processes: { type: "string", default: "4" },
    churn: { type: "string", default: "5" },
    updates: { type: "string", default: "50" },
  },
});
const plan: SoakPlan = {
  minutes: Number(values.minutes),
  peers: Number(values.peers),
  processes: Number(values.processes),
  churnPercent: Number(values.churn),
  updatesPerSecond: Number(values.updates),
};
if (!Object.values(plan).every((value) => value > 0) || plan.minutes < 1.5) {
  console.error("all options are numbers above 0, and --minutes at least 1.5: one is to warm up");
  process.exitCode = 2;
} else {
  const soak = await Soak.start(plan);
  const result = await soak.run().finally(() => soak.kill());
  process.exitCode = printReport(plan, result) ? 0 : 1;
}
