// Figures of a made-up agent that move as those of a real one do.

/** The figures after so long a run. */
export function mockFigures(ranForMs: number, members: number): Record<string, number> {
  const seconds = ranForMs / 1_000;
  const wave = Math.sin(seconds / 7) + Math.sin(seconds / 2.3) / 2;
  return {
    liveMembers: members,
    goneMembers: 0,
    links: 8,
    connections: 8,
    probesSent: seconds * 8 + wave * 4,
    probesTimely: seconds * 8 + wave * 4,
    probesLate: seconds / 30,
    rumorsReceived: seconds * 3 + wave * 6,
    rumorsNew: seconds + wave * 2,
    rumorsSent: seconds * 4 + wave * 8,
  };
}
