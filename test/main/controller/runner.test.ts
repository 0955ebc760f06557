import { expect, it } from 'vitest'
import type { Rollout } from '#api/rollout.ts'
import { nothingToDo, type Write } from '#engine/decision.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, success } from '#lib/outcome.ts'
import { type RoundPorts, roundAfter, runRound } from '#main/controller/runner.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const rollout: Rollout = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { namespace: 'shop', name: 'web' },
  spec: {},
}
const world: RolloutWorld = { rollout, replicaSets: [], pods: [], services: {}, workload: undefined }

function round(ports: Partial<RoundPorts> = {}) {
  const logged: string[] = []
  const met: string[] = []
  const outcome = runRound('shop/web', {
    clock: new VirtualClock(),
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
    observe: async () => success(world),
    reconcile: () => nothingToDo,
    due: (_key, due) => ({ due, waitMs: 0 }),
    apply: async () => success(undefined),
    afterFailure: async () => 'unhandled',
    ask: () => undefined,
    ended: (_key, { kind }) => met.push(kind),
    ...ports,
  })
  return { outcome, logged, met }
}

const write = {
  kind: 'event',
  regarding: rollout,
  type: 'Normal',
  reason: 'R',
  message: 'm',
  because: 'X-1',
  summary: 's',
} as const
const conflict: Failure = { kind: 'Conflict', message: 'modified' }

it('REC-8: asks for the next round when the engine says', async () => {
  const { outcome } = round({ reconcile: () => ({ ...nothingToDo, requeueAt: T0 + 5000 }) })
  expect(await outcome).toEqual({ kind: 'settled', requeueAt: T0 + 5000 })
})

it('writes what is due, and looks again when the rest is', async () => {
  const later = { ...write, reason: 'Later' }
  const applied: Write[] = []
  const waiting = (requeueAt: number | undefined) =>
    round({
      reconcile: () => ({ writes: [later, write], probes: [], requeueAt }),
      due: (key, writes) => (key === 'shop/web' ? { due: writes.slice(1), waitMs: 400 } : { due: writes, waitMs: 0 }),
      apply: async (_key, writes) => {
        applied.push(...writes)
        return success(undefined)
      },
    })
  expect(await waiting(undefined).outcome).toEqual({ kind: 'settled', requeueAt: T0 + 400 })
  expect(await waiting(T0 + 100).outcome).toEqual({ kind: 'settled', requeueAt: T0 + 100 })
  expect(applied).toEqual([write, write])
  const { outcome, met } = waiting(undefined)
  await outcome
  expect(met).toEqual([])
})

it('forgets a Rollout that is gone, without asking the engine', async () => {
  const { outcome } = round({
    observe: async () => success(undefined),
    reconcile: () => {
      throw new Error('not to be called')
    },
  })
  expect(await outcome).toEqual({ kind: 'forget' })
})

it('REC-9, OPS-70: looks again after 100 ms when the caches are behind', async () => {
  const { outcome, logged } = round({ observe: async () => failure({ kind: 'NotSynced' }) })
  expect(await outcome).toEqual({ kind: 'later', delayMs: 100 })
  expect(logged).toEqual([])
})

it('OPS-62: a bug degrades this object alone: it is logged with the world that caused it, and backs off', async () => {
  const { outcome, logged } = round({
    reconcile: () => {
      throw new Error('belief does not hold')
    },
  })
  expect(await outcome).toMatchObject({ kind: 'failed' })
  expect(logged).toHaveLength(1)
  expect(logged[0]).toContain('"rollout":{"apiVersion":"argoproj.io/v1alpha1"')
})

it('OPS-61: a conflict backs off and is nothing to worry about', async () => {
  const { outcome, logged } = round({ apply: async () => failure({ kind: 'failed', write, failure: conflict }) })
  expect(await outcome).toEqual({ kind: 'failed' })
  expect(logged[0]).toMatch(/^debug write failed .*"rule":"X-1"/)
})

it('OPS-41: a lost lease ends the round quietly, and is no failure of the object', async () => {
  const { outcome, logged } = round({ apply: async () => failure({ kind: 'leaseLost', write }) })
  expect(await outcome).toEqual({ kind: 'later', delayMs: 100 })
  expect(logged).toEqual([])
})

it.each<[Failure, object]>([
  [
    { kind: 'Throttled', message: '', retryAfterMs: 7000 },
    { kind: 'failed', notBeforeMs: 7000 },
  ],
  [
    { kind: 'Unreachable', message: '', since: T0 },
    { kind: 'failed', notBeforeMs: 1000 },
  ],
  [
    { kind: 'NotFound', message: '', resource: 'pods', name: 'x' },
    { kind: 'settled', requeueAt: undefined },
  ],
  [
    { kind: 'Forbidden', message: '', verb: 'patch', resource: 'x', namespace: 'n' },
    { kind: 'failed', notBeforeMs: 30_000 },
  ],
  [
    { kind: 'Invalid', message: '', causes: [] },
    { kind: 'failed', notBeforeMs: 30_000 },
  ],
  [{ kind: 'ServerError', message: '', status: 500 }, { kind: 'failed' }],
])('REC-1, OPS-62: after %j the next round is %j', (cause, next) => {
  expect(roundAfter(cause)).toEqual(next)
})
