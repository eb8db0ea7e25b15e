// Figures of a made-up agent that move as those of a real one do.

/** The figures after so long a run. */
export function mockFigures(ranForMs: number, members: number): Record<string, number> {
  const seconds = ranForMs / 1_000;
  const wave = Math.sin(seconds / 7) + Math.sin(seconds / 2.3) / 2;
  const swell = Math.sin(seconds / 11) + Math.sin(seconds / 3.1) / 3;
  return {
    liveMembers: members,
    goneMembers: 0,
    "bytesIn.rumors": seconds * 900 + wave * 1_700,
    "bytesIn.probe": seconds * 410,
    "bytesOut.rumors": seconds * 1_150 + wave * 2_300,
    "bytesOut.probe": seconds * 420,
    "arrivals.sumMs": seconds * 5.2 + swell * 9,
    "arrivals.count": seconds * 1.6 + swell,
    "roundTrips.sumMs": seconds * 6.4 + swell * 4,
    "roundTrips.count": seconds * 8,
    probesSent: seconds * 8 + wave * 4,
    probesLate: seconds / 30,
    rumorsReceived: seconds * 3 + wave * 6,
    rumorsNew: seconds + wave * 2,
    rumorsSent: seconds * 4 + wave * 8,
    "process.cpuSeconds": seconds * 0.021 + swell * 0.02,
    "process.residentBytes": 92e6,
    "process.eventLoopDelayMs": 2.2 + swell * 0.7,
  };
}
