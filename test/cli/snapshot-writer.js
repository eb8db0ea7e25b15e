// Run as a process of its own, to be killed: writes snapshots one after the other, each of a later
// generation, and says when it has written the first.

import { DataDir } from "../../dist/peer/data-dir.js";
import { writeSnapshot } from "../../dist/peer/snapshot-format.js";

const MAX_BYTES = 1_048_576;
const [, , folder = "", last = "0"] = process.argv;
const dir = new DataDir(folder, MAX_BYTES);
const members = Array.from({ length: 1_000 }, (_, index) => {
  return { address: `10.0.0.1:${index + 1}`, remainingMs: 1_000 };
});
for (let generation = Number(last) + 1; ; generation += 1) {
  const kept = members.slice(0, generation % 1_000);
  const snapshot = { generation, version: 1, savedAt: generation, members: kept };
  await dir.write(writeSnapshot(snapshot, { cluster: "", address: "10.0.0.1:1" }, MAX_BYTES));
  if (generation === Number(last) + 1) console.log("written");
}
