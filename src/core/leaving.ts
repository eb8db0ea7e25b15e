// Telling every member that this peer goes: each is called once, a bounded number at a time, until
// all were told or the time for it runs out.

/** The members that have not been told yet. */
export class Leaving {
  readonly deadlineMs: number;
  readonly #untold: string[];
  readonly #maxUnderWay: number;
  #underWay = 0;
  #told = 0;
  #failed = 0;

  constructor(members: string[], maxUnderWay: number, deadlineMs: number) {
    this.#untold = members;
    this.#maxUnderWay = maxUnderWay;
    this.deadlineMs = deadlineMs;
  }

  get isDone(): boolean {
    return this.#untold.length === 0 && this.#underWay === 0;
  }

  get told(): number {
    return this.#told;
  }

  get untold(): number {
    return this.#untold.length + this.#underWay + this.#failed;
  }

  /** The next member to tell; undefined when none is left, or enough calls are under way. */
  take(): string | undefined {
    if (this.#underWay >= this.#maxUnderWay) return undefined;
    const address = this.#untold.pop();
    if (address !== undefined) this.#underWay += 1;
    return address;
  }

  onCallEnded(answered: boolean): void {
    this.#underWay -= 1;
    if (answered) this.#told += 1;
    else this.#failed += 1;
  }
}
