import { resources } from '#api/resources.ts'
import { ControllerProcess, type Surroundings } from '../controller-process.ts'
import type { Random } from '../random.ts'
import { SimulatedClient } from '../simulated-client.ts'
import { ProcessClock } from '../simulated-time.ts'
import { ReferenceElector } from './reference-elector.ts'

/** One process that wants the lease of the cluster. */
export interface Fighter {
  readonly name: string
  readonly isOurs: boolean
  readonly clock: ProcessClock
  /** It would write at this moment. */
  readonly mayWrite: boolean
  /** Competes, or holds. */
  readonly competes: boolean
  /** Requests sent so far, by verb, watches counted once each. */
  readonly requests: Readonly<Record<string, number>>
  /** Ends in order and gives the lease back. */
  quit(): void
  /** Ends without a word. */
  crash(): void
}

/** A laptop with the whole engine. */
export function anEngine(name: string, surroundings: Surroundings, random: Random): Fighter {
  const process = new ControllerProcess(name, surroundings, random)
  const { clock } = process
  return {
    name,
    isOurs: true,
    clock,
    get mayWrite() {
      return !process.isDead && process.engine.mayWrite
    },
    get competes() {
      return !process.isDead && process.isDriving
    },
    requests: process.cluster.client.requests,
    quit: () => process.handOver(),
    crash: () => process.crash(),
  }
}

const writePeriodMs = 400

/** The in-cluster controller, as far as leading goes; while it leads it changes one object again and again. */
export function aReference(name: string, surroundings: Surroundings, random: Random): Fighter {
  const clock = new ProcessClock(surroundings.time)
  const client = new SimulatedClient({ ...surroundings, process: name, clock, onEffect: () => undefined })
  let isOver = false
  const elector = new ReferenceElector({
    client,
    clock,
    random: random.next,
    identity: name,
    onStopped: () => {
      isOver = true
    },
  })
  let lastWrite: Promise<unknown> | undefined
  const write = () => {
    const body = { data: { at: String(clock.now()) } }
    lastWrite = client.patch(resources.configMaps, counterAt, { type: 'merge', body }).finally(() => {
      lastWrite = undefined
    })
  }
  const work = () => {
    if (isOver) return
    if (elector.leads && lastWrite === undefined) write()
    clock.after(writePeriodMs, work)
  }
  work()
  const end = async () => {
    await lastWrite
    await elector.stop()
  }
  return {
    name,
    isOurs: false,
    clock,
    get mayWrite() {
      return !clock.isDead && !isOver && elector.leads
    },
    get competes() {
      return !clock.isDead && !isOver
    },
    requests: client.requests,
    quit() {
      isOver = true
      surroundings.trace.add(name, 'quits')
      void end()
    },
    crash() {
      if (clock.isDead) return
      surroundings.trace.add(name, 'dies')
      clock.die()
    },
  }
}

export const counterAt = { namespace: 'shop', name: 'counter' }
