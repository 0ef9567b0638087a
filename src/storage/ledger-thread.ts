// The ledger's loop on its own thread: takes what waits on all ports, settles it as one group, answers,
// and goes on while anything waits. It never waits for a group to grow, and never keeps its timers
// (clock, heartbeat) from running.
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { ControlBlock } from '../pdp/control-block.ts';
import type { Ledger } from './ledger.ts';
import { entryOf, type LedgerEntry, overloadedEntry } from './ledger-entry.ts';
import type { LedgerMessage } from './ledger-messages.ts';

/** How often clock and heartbeat are published. */
const TICK_MS = 100;

/** Groups are settled for so long before timers get their turn. */
const TURN_US = 20_000;

export interface LedgerThreadOptions {
  readonly ledger: Ledger;
  readonly control: ControlBlock;
  /** Items settled in one group; a single message may hold more. */
  readonly groupMax: number;
  /** Items that may wait here; later ones are refused as overloaded. */
  readonly queueMax: number;
  /** Monotonic time of the process in microseconds. */
  readonly monoUs: () => number;
  /** The loop has ended and the database is closed. */
  readonly onStopped: () => void;
}

export class LedgerThread {
  readonly #options: LedgerThreadOptions;
  readonly #ports = new Set<MessagePort>();
  readonly #timer: NodeJS.Timeout;
  readonly #stops: LedgerEntry[] = [];
  #queue: LedgerEntry[] = [];
  #waitingItems = 0;
  #state: 'idle' | 'scheduled' | 'stopped' = 'idle';

  constructor(options: LedgerThreadOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  /** Serves one more client. */
  addPort(port: MessagePort): void {
    this.#ports.add(port);
    port.on('message', (message: LedgerMessage) => {
      this.#enqueue(port, message);
      this.#run();
    });
    port.on('close', () => this.#ports.delete(port));
  }

  #tick(): void {
    this.#options.ledger.tick();
    this.#options.control.beatLedger();
  }

  /** Settles group after group while anything waits. */
  #run(): void {
    if (this.#state !== 'idle') return;
    const untilUs = this.#options.monoUs() + TURN_US;
    this.#drainPorts();
    while (this.#queue.length > 0) {
      this.#settleGroup();
      if (this.#options.monoUs() >= untilUs) {
        this.#continueLater();
        return;
      }
      this.#drainPorts();
    }
    if (this.#stops.length > 0) this.#stop();
  }

  #continueLater(): void {
    this.#state = 'scheduled';
    setImmediate(() => {
      this.#state = 'idle';
      this.#run();
    });
  }

  #drainPorts(): void {
    for (const port of this.#ports) {
      let received = receiveMessageOnPort(port);
      while (received !== undefined) {
        this.#enqueue(port, received.message as LedgerMessage);
        received = receiveMessageOnPort(port);
      }
    }
  }

  #enqueue(port: MessagePort, message: LedgerMessage): void {
    if (typeof message === 'object' && message.kind === 'connect') {
      this.addPort(message.port);
      return;
    }
    const entry = entryOf(port, message, () => this.#options.ledger.report());
    if (entry.stops) {
      this.#stops.push(entry);
      return;
    }
    const isFull = this.#waitingItems > 0 && this.#waitingItems + entry.items > this.#options.queueMax;
    const waiting = isFull ? overloadedEntry(port) : entry;
    this.#waitingItems += waiting.items;
    this.#queue.push(waiting);
  }

  /** Takes the entries at the head of the queue, up to a group's size, and answers them. */
  #settleGroup(): void {
    const group: LedgerEntry[] = [];
    let items = 0;
    for (const entry of this.#queue) {
      if (group.length > 0 && items + entry.items > this.#options.groupMax) break;
      items += entry.items;
      group.push(entry);
    }
    this.#queue = this.#queue.slice(group.length);
    this.#waitingItems -= items;
    const requests = group.flatMap((entry) => entry.requests);
    const answers = requests.length === 0 ? [] : this.#options.ledger.settle(requests);
    this.#options.control.beatLedger();
    let at = 0;
    for (const entry of group) {
      const reply = entry.reply(answers.slice(at, at + entry.requests.length));
      entry.port.postMessage(reply, reply instanceof ArrayBuffer ? [reply] : []);
      at += entry.requests.length;
    }
  }

  /** Nothing waits any more: closes the ledger, then answers whoever asked for it. */
  #stop(): void {
    this.#state = 'stopped';
    clearInterval(this.#timer);
    this.#options.ledger.close();
    for (const entry of this.#stops) entry.port.postMessage(entry.reply([]));
    for (const port of this.#ports) port.close();
    this.#options.onStopped();
  }
}
