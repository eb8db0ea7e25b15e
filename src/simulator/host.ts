// A simulated machine with one process: its clock, its CPU, and what can go wrong with it.

import type { Schedule, Scheduled } from "./schedule.js";

/** Virtual time, shared by all hosts of a simulation. */
export interface VirtualClock {
  nowMs: number;
}

/** How a connection ended, or was refused. */
export type ConnectionEnd = "closed" | "reset" | "refused";

/** A connection as the side that was dialled sees it. */
export interface InboundConnection {
  /** Tells the dialling side that nobody is there any more, if anything gets through. */
  resetFromFarEnd(end: ConnectionEnd): void;
}

/** What a host has done, for the numbers of a run. */
export interface HostCounters {
  /** CPU time that it was charged, in milliseconds. */
  cpuMs: number;
  /** Messages of calls and of answers, one for each record. */
  messagesSent: number;
  /** Messages of calls and of answers that it took in. */
  messagesReceived: number;
  /** Bytes as they would be on the wire, dials included. */
  bytesSent: number;
  /** Bytes of messages that arrived. */
  bytesReceived: number;
  /** Calls that it made. */
  callsStarted: number;
  /** Connections that it began to make. */
  dials: number;
}

/** What computes for one host, or for several that wait for each other then. */
export interface Cpu {
  /** When it has done all that it was given. */
  freeAtMs: number;
}

/** One machine. */
export class Host {
  readonly index: number;
  readonly address: string;
  readonly zone: string;
  readonly counters: HostCounters = {
    cpuMs: 0,
    messagesSent: 0,
    messagesReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
    callsStarted: 0,
    dials: 0,
  };
  /** Connections that other hosts have made to the process that runs here. */
  readonly inbound = new Set<InboundConnection>();
  /** False when the machine has vanished: it answers nothing, not even with a refusal. */
  isUp = true;
  /** How many processes have run here; 0 until the first starts, and odd while one runs. */
  life = 0;
  /** How much slower than measured its CPU is. */
  cpuFactor = 1;
  /** How fast its clocks run. */
  clockRate = 1;
  /** When its network card has sent all that it was given. */
  sendFreeAtMs = 0;
  /** What its network card sends, in bytes a millisecond; undefined: as the network's others. */
  bytesPerMs: number | undefined;
  /** The longest message that its process takes; longer ones end their link. */
  maxMessageBytes = Number.POSITIVE_INFINITY;
  /** Connections made before carry nothing any more: something in between has forgotten them. */
  forgottenAtMs = Number.NEGATIVE_INFINITY;
  readonly #clock: VirtualClock;
  readonly #schedule: Schedule;
  readonly #cpu: Cpu;
  readonly #sharesCpu: boolean;
  #isStopped = false;
  #isBlocked = false;
  #asleepSinceMs: number | undefined;
  /** For how long its monotonic clock has stood still, all in all. */
  #frozenMs = 0;
  #pausedWork: (() => void)[] = [];
  #blockedMessages: (() => void)[] = [];
  /** Timers that were due while the machine slept. */
  #dueAsleep: (() => void)[] = [];
  #wallOffsetMs = 0;
  #clockBaseMs = 0;
  #clockBaseAtMs = 0;

  constructor(
    index: number,
    address: string,
    zone: string,
    clock: VirtualClock,
    schedule: Schedule,
    sharedCpu?: Cpu,
  ) {
    this.index = index;
    this.address = address;
    this.zone = zone;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#cpu = sharedCpu ?? { freeAtMs: 0 };
    this.#sharesCpu = sharedCpu !== undefined;
  }

  /** True from the start of a process to its end, on whatever machine. */
  get hasProcess(): boolean {
    return this.life % 2 === 1;
  }

  /** True while a process runs on a machine that is up. */
  get isRunning(): boolean {
    return this.isUp && this.hasProcess;
  }

  /** True while nothing runs there: its process was stopped, or the machine sleeps. */
  get isPaused(): boolean {
    return this.#isStopped || this.isAsleep;
  }

  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** True while the machine sleeps: nothing runs there, and nothing gets in or out. */
  get isAsleep(): boolean {
    return this.#asleepSinceMs !== undefined;
  }

  /** True while nothing that has arrived is taken in by the process. */
  get isDeaf(): boolean {
    return this.isPaused || this.#isBlocked;
  }

  /** How far its work lies behind. */
  get backlogMs(): number {
    return Math.max(0, this.#cpu.freeAtMs - this.#clock.nowMs);
  }

  /** The virtual time, which no clock of a machine shows. */
  get trueMs(): number {
    return this.#clock.nowMs;
  }

  /** The process's monotonic clock, which drifts where the machine's does. */
  monotonicMs(): number {
    return this.#clockBaseMs + (this.#clock.nowMs - this.#clockBaseAtMs) * this.clockRate;
  }

  /** The machine's time of day. */
  wallClockMs(epochMs: number): number {
    return epochMs + this.monotonicMs() + this.#wallOffsetMs;
  }

  /** Sets the time of day forward, or back. */
  jumpClock(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** From now on its clocks run at `rate` times the true speed. */
  setClockRate(rate: number): void {
    this.#clockBaseMs = this.monotonicMs();
    this.#clockBaseAtMs = this.#clock.nowMs;
    this.clockRate = rate;
  }

  /** Begins a process; what was left of the one before is gone. */
  startProcess(): void {
    this.#reset();
    this.life += 1;
  }

  /** Ends the process; does nothing where none runs. */
  endProcess(): void {
    if (!this.hasProcess) return;
    this.#reset();
    this.life += 1;
  }

  /** As SIGSTOP: nothing runs until {@link resume}. */
  pause(): void {
    this.#isStopped = true;
  }

  /** The lid is closed: nothing runs, as if paused, and the network is gone too. */
  sleep(): void {
    this.#asleepSinceMs ??= this.#clock.nowMs;
  }

  /**
   * The lid is opened. Where the monotonic clock does not count sleep (as on Linux), it goes on from where
   * it stood, and each timer takes as long as was left of it; otherwise all that is overdue happens now.
   * A process that was stopped stays so.
   */
  wake(countsSleep: boolean): void {
    const sinceMs = this.#asleepSinceMs;
    if (sinceMs === undefined) return;
    this.#asleepSinceMs = undefined;
    if (!countsSleep) {
      const sleptMs = (this.#clock.nowMs - sinceMs) * this.clockRate;
      this.#clockBaseMs -= sleptMs;
      this.#wallOffsetMs += sleptMs;
      this.#frozenMs += this.#clock.nowMs - sinceMs;
    }
    this.#goOn();
    const overdue = this.#dueAsleep;
    this.#dueAsleep = [];
    for (const run of overdue) run();
  }

  /** As SIGCONT: all that should have happened happens now, late; where the machine sleeps, once it wakes. */
  resume(): void {
    this.#isStopped = false;
    this.#goOn();
  }

  #goOn(): void {
    if (this.isPaused) return;
    const work = this.#pausedWork;
    this.#pausedWork = [];
    for (const run of work) this.work(0, run);
  }

  /** Lifeguard's anomaly: timers run, but each send and each receive blocks until unblocked. */
  block(): void {
    this.#isBlocked = true;
  }

  unblock(): void {
    this.#isBlocked = false;
    const messages = this.#blockedMessages;
    this.#blockedMessages = [];
    for (const run of messages) this.work(0, run);
  }

  /** Runs something that sends or takes in a message; it waits while the host is blocked. */
  onMessage(run: () => void): void {
    if (this.#isBlocked) this.#blockedMessages.push(run);
    else run();
  }

  /**
   * Does work of `costMs` when the process has the CPU, and then runs `run`. A cost that may have
   * changed by the end of a pause is given as a function.
   */
  work(costMs: number | (() => number), run: () => void): void {
    const { life } = this;
    if (this.isPaused) {
      this.#pausedWork.push(() => {
        this.#occupy(amountOf(costMs));
        run();
      });
      return;
    }
    const endMs = this.#occupy(amountOf(costMs));
    if (endMs <= this.#clock.nowMs) {
      run();
      return;
    }
    this.#schedule.add(endMs, () => {
      if (this.life !== life) return;
      if (this.isPaused) this.#pausedWork.push(run);
      else run();
    });
  }

  /** A timer of the process: late when the process is paused or busy, gone when it ends. */
  setTimer(onTimeout: () => void, delayMs: number): () => void {
    const { life } = this;
    let dueMs = this.#clock.nowMs + delayMs / this.clockRate;
    let isCancelled = false;
    const fire = (): void => {
      if (!isCancelled) onTimeout();
    };
    let frozenMs = this.#frozenMs;
    const onDue = (): void => {
      if (this.life !== life || isCancelled) return;
      // What is left of it counts from the end of a sleep that the clock did not count.
      dueMs += this.#frozenMs - frozenMs;
      frozenMs = this.#frozenMs;
      if (this.isAsleep) this.#dueAsleep.push(onDue);
      else if (dueMs > this.#clock.nowMs) scheduled = this.#schedule.add(dueMs, onDue);
      else this.work(0, fire);
    };
    let scheduled: Scheduled = this.#schedule.add(dueMs, onDue);
    return () => {
      isCancelled = true;
      this.#schedule.cancel(scheduled);
    };
  }

  #occupy(costMs: number): number {
    const startMs = Math.max(this.#clock.nowMs, this.#cpu.freeAtMs);
    const spentMs = costMs * this.cpuFactor;
    this.#cpu.freeAtMs = startMs + spentMs;
    this.counters.cpuMs += spentMs;
    return this.#cpu.freeAtMs;
  }

  #reset(): void {
    // What it was given for others is still to be done.
    if (!this.#sharesCpu) this.#cpu.freeAtMs = 0;
    this.#isStopped = false;
    this.#isBlocked = false;
    this.#asleepSinceMs = undefined;
    this.#pausedWork = [];
    this.#blockedMessages = [];
    this.#dueAsleep = [];
  }
}

function amountOf(costMs: number | (() => number)): number {
  return typeof costMs === "number" ? costMs : costMs();
}
