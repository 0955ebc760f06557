import { hashText } from '#main/sandbox/seeded.ts'
import { T0 } from '#test/support/virtual-clock.ts'
import type { SimulatedTime } from './simulated-time.ts'

/** What happened, in order, as lines for a person. Two runs of one seed have the same lines. */
export class Trace {
  readonly #time: SimulatedTime
  readonly #lines: string[] = []

  constructor(time: SimulatedTime) {
    this.#time = time
  }

  /** @param actor who did it: a process, `operator`, `kubelet`, `fault`… */
  add(actor: string, text: string): void {
    const at = ((this.#time.now() - T0) / 1000).toFixed(3)
    this.#lines.push(`${at.padStart(9)}s ${actor.padEnd(10)} ${text}`)
  }

  get lines(): readonly string[] {
    return this.#lines
  }

  get hash(): string {
    return hashText(this.#lines.join('\n')).toString(16).padStart(8, '0')
  }
}
