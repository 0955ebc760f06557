import type { Dispose } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { SandboxStore, StoreChange } from '../store.ts'
import type { Controller } from './controller.ts'
import { WakeSchedule } from './wake-schedule.ts'

/** Keys handled before other work of the process gets its turn. */
const batch = 200
const retryDelayMs = { first: 500, max: 60_000 }

/**
 * Runs the controllers of one cluster: a change marks keys dirty, a later turn of the clock reconciles each once. Nothing
 * runs while nothing changes and no controller asked to look again. Objects already stored count as added.
 */
export function runControllers(store: SandboxStore, controllers: readonly Controller[], log: Log): Dispose {
  const dirty = new Set<string>()
  const failures = new Map<string, number>()
  const schedule = new WakeSchedule()
  let cancelTurn: Dispose = () => undefined
  let turnAt = Number.POSITIVE_INFINITY
  let stopped = false

  const plan = () => {
    const wanted = dirty.size > 0 ? store.clock.now() : schedule.next
    if (stopped || wanted === undefined || wanted >= turnAt) return
    cancelTurn()
    turnAt = wanted
    // Courses have fractions of milliseconds; moments of a clock have none.
    cancelTurn = store.clock.after(Math.max(0, Math.ceil(wanted - store.clock.now())), turn)
  }
  const mark = (change: StoreChange) => {
    for (const [index, controller] of controllers.entries())
      for (const key of controller.wakes(change)) dirty.add(`${index} ${key}`)
    plan()
  }
  const turn = () => {
    turnAt = Number.POSITIVE_INFINITY
    for (const id of schedule.takeDue(store.clock.now())) dirty.add(id)
    let left = batch
    for (const id of dirty) {
      if (left-- === 0) break
      dirty.delete(id)
      schedule.set(id, reconcile(id))
    }
    plan()
  }
  const reconcile = (id: string): number | undefined => {
    const space = id.indexOf(' ')
    const controller = controllers[Number(id.slice(0, space))]
    if (controller === undefined) return undefined
    const key = id.slice(space + 1)
    const now = store.clock.now()
    try {
      const outcome = controller.reconcile(key, now)
      if (outcome.ok) {
        failures.delete(id)
        return outcome.value
      }
      log('warn', 'sandbox controller was refused', {
        controller: controller.name,
        key,
        message: outcome.error.message,
      })
    } catch (error) {
      log('error', 'sandbox controller broke', { controller: controller.name, key, error: String(error) })
    }
    const failed = (failures.get(id) ?? 0) + 1
    failures.set(id, failed)
    return now + Math.min(retryDelayMs.first * 2 ** (failed - 1), retryDelayMs.max)
  }

  for (const resource of store.served())
    for (const object of store.list(resource)) mark({ type: 'ADDED', resource, object, previous: undefined })
  const unsubscribe = store.onChange(mark)
  return () => {
    stopped = true
    unsubscribe()
    cancelTurn()
  }
}
