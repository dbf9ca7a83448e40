import { HostColumns } from "../host_columns.ts";
import { HostHistory, NO_HISTORY } from "./host_history.ts";

/** In full use. */
export const SERVING = 0;
/** Back from an ejection: in use with a growing share of its calls, and on probation. */
export const SLOW_START = 1;
/** Out of use for up to a second after surprising failures, then probed until they are explained. */
export const SUSPECT = 2;
/** Out of use for seconds up to a minute, then probed. */
export const EJECTED = 3;

/** No probe yet: the time of a pause or an ejection runs. */
export const WAITING = 0;
/** The agent's health check is under way. */
export const CHECKING = 1;
/** Health checked, or not to be: the next pick probes it. */
export const READY = 2;
/** A pick probed it, and its report has not come yet. */
export const IN_FLIGHT = 3;

/**
 * Numbers of a host in {@linkcode AdaptiveHosts.loads}, which a pick reads and
 * writes together: half a line of the processor's cache. Integers, as those are
 * compared without a branch. An enum, as the engine reads other constants of a
 * module from memory each time.
 */
const enum Load {
  /** What one more call in flight adds to its cost. */
  step,
  /** Picks without a report, of which older ones weigh less, in `Unit.inFlight`. */
  inFlight,
  /** Picks since these were last counted into `open`. */
  picked,
  /**
   * When a look at it is needed, if calls are in flight: `grace` after it last
   * answered or, if that is later, last began to have calls in flight. In
   * `Unit.time`, of which only the lowest 32 bits: nine hours, after which nothing
   * is in flight any more.
   */
  look,
  /** `base`, in `Unit.time`: at least 1; 0 if it is slower than the hosts that are alike. */
  grace,
  /** Its latency, but at least what hosts of this route are taken to be alike up to; above, it grows faster. */
  base,
  /** How much a call in flight adds to its cost, in `Unit.share`: less, the greater its weight is among the hosts in use. */
  callShare,
  /** Its place in `history`; NO_HISTORY until a call is reported, it is out of use, or it accepts a check. */
  place,
  /** How many these are, and their binary digits. */
  count,
  shift = 3,
}

/** Units of these numbers. */
const enum Unit {
  /** Of a cost, in a millisecond. */
  cost = 10_000,
  /** The greatest cost: the sum and the difference of two fit into 32 bits. */
  costMax = 0x3fff_ffff,
  /** Of 1. */
  share = 65_536,
  /** Of a time, in a millisecond. */
  time = 64,
  /** Of a call in flight. */
  inFlight = 1_024,
  /** Calls in flight below which a host is taken for unused: what fading leaves of picks without a report. */
  inFlightMin = 512,
}

/** Open picks below which there is none. */
const OPEN_MIN = 0.5;

/** Latency that hosts are taken to have while none of the route is known. */
export const UNKNOWN_LATENCY_MS = 100;

/**
 * What `policy = adaptive` keeps of each host: 44 bytes, and a history of those
 * that have one.
 */
export class AdaptiveHosts extends HostColumns {
  /** A share of a call in flight, as addPick() takes it. */
  static unitsOf(share: number): number {
    return Math.round(share * Unit.inFlight);
  }

  /** What their calls came to. */
  readonly history: HostHistory = new HostHistory();
  /** SERVING to EJECTED. */
  state = new Uint8Array(0);

  /**
   * Cost of one more call: `base` × (1 + `callShare` × calls in flight), in
   * `Unit.cost`, up to `Unit.costMax`. Apart from `loads`, as a pick compares those
   * of three hosts.
   */
  costs = new Int32Array(0);
  /** {@linkcode Load.step} to {@linkcode Load.place} of each host. */
  loads = new Int32Array(Load.count);
  /** Picks whose report may still come, less `picked` ones: each counts fully, and is forgotten much later. */
  open = new Float32Array(0);
  /** Relative capacity. */
  weight = new Uint16Array(0);
  /** 1: in the agent's zone, or the agent has none. */
  sameZone = new Uint8Array(0);

  /** Forgets what an earlier host left in a row: a host of which only `costMs` is expected. */
  reset(row: number, costMs: number): void {
    this.ensure(row);
    this.state[row] = SERVING;
    this.open[row] = 0;
    const first = row << Load.shift;
    this.loads.fill(0, first, first + Load.count);
    this.loads[first | Load.callShare] = Unit.share;
    this.setCostMs(row, costMs, false);
    this.updateCost(row);
  }

  /** Forgets a host that leaves its route. */
  remove(row: number): void {
    const place = this.placeOf(row);
    if (place === NO_HISTORY) return;
    this.history.release(place);
    this.loads[row << Load.shift | Load.place] = NO_HISTORY;
  }

  /** Its place in `history`; {@linkcode NO_HISTORY} until a call is reported, it is out of use, or it accepts a check. */
  placeOf(row: number): number {
    return this.loads[row << Load.shift | Load.place]!;
  }

  /** Its place in `history`, from now on one of its own. */
  needPlace(row: number, nowMs: number): number {
    return this.placeOf(row) || this.#allocatePlace(row, nowMs);
  }

  #allocatePlace(row: number, nowMs: number): number {
    const place = this.history.allocate();
    this.history.sinceMs[place] = nowMs;
    this.loads[row << Load.shift | Load.place] = place;
    return place;
  }

  /** While SUSPECT or EJECTED: WAITING to IN_FLIGHT. */
  probeOf(row: number): number {
    return this.history.probe[this.placeOf(row)]!;
  }

  /** When its state began; if it never changed, when its first call was reported. */
  sinceMsOf(row: number): number {
    return this.history.sinceMs[this.placeOf(row)]!;
  }

  /** Share of its calls that it takes, in percent: less than 100 in SLOW_START only. */
  slowStartPercentOf(row: number): number {
    return 100 - this.history.heldBackPercent[this.placeOf(row)]!;
  }

  /** Mean duration of its calls; 0 is unknown. */
  latencyMsOf(row: number): number {
    return this.history.latencyMs[this.placeOf(row)]!;
  }

  /** CUSUM of its failures against a host that fails. */
  failingCusumOf(row: number): number {
    return this.history.failingCusum[this.placeOf(row)]!;
  }

  /** CUSUM of its latencies against a host that is much slower than the others. */
  latencyCusumOf(row: number): number {
    return this.history.latencyCusum[this.placeOf(row)]!;
  }

  /** Picks without a report, of which older ones weigh less. */
  inFlightOf(row: number): number {
    return this.loads[row << Load.shift | Load.inFlight]! / Unit.inFlight;
  }

  /** Sets that; its cost is to be updated afterwards. */
  setInFlight(row: number, calls: number): void {
    this.loads[row << Load.shift | Load.inFlight] = Math.min(
      calls * Unit.inFlight,
      Unit.costMax,
    );
  }

  /** Takes a pick back that was counted as `units`. */
  takePickBack(row: number, units: number): void {
    const { loads } = this;
    const at = row << Load.shift | Load.inFlight;
    loads[at] = Math.max(0, loads[at]! - units);
    this.updateCost(row);
  }

  /** The same of a pick that no one waits for a report of. */
  forgetPick(row: number, units: number): void {
    this.loads[row << Load.shift | Load.picked]! -= 1;
    this.takePickBack(row, units);
  }

  /** Takes the picks since the last time into `open`; answers how many those were. */
  openPicked(row: number): number {
    const at = row << Load.shift | Load.picked;
    const picked = this.loads[at]!;
    if (picked !== 0) {
      this.loads[at] = 0;
      this.open[row]! += picked;
    }
    return picked;
  }

  /** Picks whose report may still come. */
  openOf(row: number): number {
    return this.open[row]! + this.loads[row << Load.shift | Load.picked]!;
  }

  /**
   * Takes a report for the end of one of its picks, of which so much has not faded;
   * false if there is none.
   */
  closePick(row: number, left: number): boolean {
    const at = row << Load.shift | Load.picked;
    const picked = this.loads[at]!;
    const open = this.open[row]!;
    if (!this.isOpen(row)) return false;
    this.open[row] = Math.max(-picked, open - left);
    return true;
  }

  /** Whether the report of a pick may still come. */
  isOpen(row: number): boolean {
    return this.openOf(row) >= OPEN_MIN;
  }

  /** Whether it is SERVING or in SLOW_START. */
  isInUse(row: number): boolean {
    return this.state[row]! <= SLOW_START;
  }

  /** Whether it is SERVING. */
  isServing(row: number): boolean {
    // A number costs no read.
    return this.state[row] === 0;
  }

  /** Whether it is slower than the hosts that are alike. */
  isKnownSlow(row: number): boolean {
    return this.loads[row << Load.shift | Load.grace] === 0;
  }

  /**
   * Sets what a call is taken to cost while none is in flight, and whether that is
   * more than at hosts that are alike; answers whether it changed. Its cost is to
   * be updated afterwards.
   */
  setCostMs(row: number, costMs: number, isSlow: boolean): boolean {
    const { loads } = this;
    const first = row << Load.shift;
    const before = loads[first | Load.base]!;
    const cost = Math.round(costMs * Unit.cost);
    loads[first | Load.base] = Math.max(1, Math.min(cost, Unit.costMax));
    const grace = isSlow ? 0 : Math.max(1, Math.round(costMs * Unit.time));
    loads[first | Load.look]! += grace - loads[first | Load.grace]!;
    loads[first | Load.grace] = grace;
    if (loads[first | Load.base] === before) return false;
    this.#updateStep(row);
    return true;
  }

  /** Sets how much a call in flight adds to its cost; that is to be updated afterwards. */
  setCallCost(row: number, share: number): void {
    const units = Math.min(Math.round(share * Unit.share), Unit.costMax);
    this.loads[row << Load.shift | Load.callShare] = units;
    this.#updateStep(row);
  }

  /** Takes that it answers, or that its first call in flight begins. */
  endSilence(row: number, nowMs: number): void {
    const { loads } = this;
    const first = row << Load.shift;
    loads[first | Load.look] = (nowMs * Unit.time | 0) +
      loads[first | Load.grace]!;
  }

  /** Time since that. */
  silentMs(row: number, nowMs: number): number {
    const first = row << Load.shift;
    const answered = this.loads[first | Load.look]! -
      this.loads[first | Load.grace]!;
    return ((nowMs * Unit.time | 0) - answered | 0) / Unit.time;
  }

  /** Computes the cost of one more call from what it is made of. */
  updateCost(row: number): void {
    const { loads } = this;
    const first = row << Load.shift;
    const inFlight = loads[first | Load.inFlight]! / Unit.inFlight;
    this.costs[row] = Math.min(
      loads[first | Load.base]! + inFlight * loads[first | Load.step]!,
      Unit.costMax,
    );
  }

  #updateStep(row: number): void {
    const { loads } = this;
    const first = row << Load.shift;
    const share = loads[first | Load.callShare]! / Unit.share;
    loads[first | Load.step] = Math.min(
      loads[first | Load.base]! * share,
      Unit.costMax,
    );
  }

  /**
   * The one of these where one more call costs least. Which that is is a coin toss:
   * a branch would be predicted wrong half the time and cost more than all the
   * rest. So the sign of a difference, all ones or all zeros, picks the bits of one
   * or the other.
   */
  cheapestOf(first: number, second: number, third: number): number {
    const { costs } = this;
    const cost = costs[first]!;
    const other = costs[second]!;
    const isSecond = other - cost >> 31;
    const less = cost ^ ((cost ^ other) & isSecond);
    const isThird = costs[third]! - less >> 31;
    const best = first ^ ((first ^ second) & isSecond);
    return best ^ ((best ^ third) & isThird);
  }

  /**
   * Counts a pick as `units` of a call in flight, unless the host is slower than
   * most or, by its silence, seems to be: then answers false. As
   * {@linkcode AdaptiveHosts.isSlow} and {@linkcode AdaptiveHosts.addPick}, in one.
   */
  tryPick(row: number, units: number, nowMs: number): boolean {
    const { loads, costs } = this;
    const first = row << Load.shift;
    const now = nowMs * Unit.time | 0;
    const before = loads[first | Load.inFlight]!;
    if (before < Unit.inFlightMin) {
      const grace = loads[first | Load.grace]!;
      if (grace === 0) return false;
      loads[first | Load.look] = now + grace;
    } else if ((now - loads[first | Load.look]! | 0) >= 0) return false;
    loads[first | Load.inFlight] = before + units;
    loads[first | Load.picked]! += 1;
    const cost = costs[row]! + loads[first | Load.step]!;
    costs[row] = cost > Unit.costMax ? Unit.costMax : cost;
    return true;
  }

  /**
   * Counts a pick as `units` of a call in flight. Its cost grows by that of a whole
   * call, which is faster: the next updateCost() corrects that.
   */
  addPick(row: number, units: number, nowMs: number): void {
    const { loads, costs } = this;
    const first = row << Load.shift;
    if (!this.#isInFlight(row)) this.endSilence(row, nowMs);
    loads[first | Load.inFlight]! += units;
    loads[first | Load.picked]! += 1;
    costs[row] = Math.min(
      costs[row]! + loads[first | Load.step]!,
      Unit.costMax,
    );
  }

  /** Whether it is slower than most or, by its silence, seems to be. */
  isSlow(row: number, nowMs: number): boolean {
    const { loads } = this;
    const first = row << Load.shift;
    return loads[first | Load.grace] === 0 ||
      ((nowMs * Unit.time | 0) - loads[first | Load.look]! | 0) >= 0 &&
        this.#isInFlight(row);
  }

  /** Whether calls are in flight that should have been answered by now. */
  isLate(row: number, nowMs: number): boolean {
    return this.silentMs(row, nowMs) > this.#baseMs(row) &&
      this.#isInFlight(row);
  }

  /**
   * Cost of one more call now. A late host is taken to be as slow as it has been
   * silent, since waiting for its first timeout would cost all calls until then.
   */
  costAt(row: number, nowMs: number): number {
    const cost = this.costs[row]!;
    return this.isLate(row, nowMs)
      ? cost * this.silentMs(row, nowMs) / this.#baseMs(row)
      : cost;
  }

  #isInFlight(row: number): boolean {
    return this.loads[row << Load.shift | Load.inFlight]! >= Unit.inFlightMin;
  }

  #baseMs(row: number): number {
    return this.loads[row << Load.shift | Load.base]! / Unit.cost;
  }
}
