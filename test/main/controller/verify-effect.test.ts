import { describe, expect, it } from 'vitest'
import type { Rollout, RolloutStatus } from '#api/rollout.ts'
import { hasTakenEffect } from '#engine/actions/effect.ts'
import { type Follower, verifyEffect } from '#main/controller/verify-effect.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const going: RolloutStatus = { phase: 'Progressing', currentPodHash: 'v2', stableRS: 'v1' }
const aborted: RolloutStatus = { ...going, phase: 'Degraded', abort: true, abortedAt: '2026-01-15T10:00:00Z' }
const echo = {
  before: aRollout({ status: going }),
  written: aRollout({ status: { ...going, abort: true } }),
}

function aFollower(first: Rollout | 'deleted' | undefined) {
  const listeners = new Set<() => void>()
  let current = first
  const follower: Follower<Rollout> = {
    current: () => current,
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const show = (next: Rollout | 'deleted') => {
    current = next
    for (const listener of listeners) listener()
  }
  return { follower, listeners, show }
}

function waiting(first: Rollout | 'deleted' | undefined = echo.written, more: { readonly signal?: AbortSignal } = {}) {
  const clock = new VirtualClock()
  const parts = aFollower(first)
  const isSeen = (current: Rollout) => hasTakenEffect('abort', echo, current)
  const { uid } = echo.written.metadata
  return { ...parts, clock, seen: verifyEffect({ uid, isSeen, clock, ...parts, ...more }) }
}

describe('ACT-58: waiting for the effect of an action', () => {
  it('ends as soon as the watch shows it', async () => {
    const { clock, show, seen, listeners } = waiting()
    await clock.advance(1000)
    show(aRollout({ status: { ...going, abort: true, message: 'not yet' } }))
    await clock.advance(1000)
    show(aRollout({ status: aborted }))
    expect(await seen).toEqual({ state: 'seen', waitedMs: 2000 })
    expect([clock.pending, listeners.size]).toEqual([0, 0])
  })

  it('ends after 30 s, and leaves nothing behind', async () => {
    const { clock, seen, listeners } = waiting()
    await clock.advance(30_000)
    expect(await seen).toEqual({ state: 'notSeen', waitedMs: 30_000 })
    expect([clock.pending, listeners.size]).toEqual([0, 0])
  })

  it('needs no wait when it is there already', async () => {
    expect(await waiting(aRollout({ status: aborted })).seen).toEqual({ state: 'seen', waitedMs: 0 })
  })

  it('a watch that has not listed yet is waited for', async () => {
    const { clock, show, seen } = waiting(undefined)
    await clock.advance(500)
    show(aRollout({ status: aborted }))
    expect(await seen).toEqual({ state: 'seen', waitedMs: 500 })
  })

  it('a rollout that is deleted, or another of the same name, ends it', async () => {
    expect(await waiting('deleted').seen).toMatchObject({ state: 'gone' })
    const { show, seen } = waiting()
    const another = aRollout({ status: aborted })
    show({ ...another, metadata: { ...another.metadata, uid: 'uid-other' } })
    expect(await seen).toMatchObject({ state: 'gone' })
  })

  it('can be ended from outside, before and during it', async () => {
    const stop = new AbortController()
    const { clock, seen } = waiting(echo.written, { signal: stop.signal })
    await clock.advance(3000)
    stop.abort()
    expect(await seen).toEqual({ state: 'notSeen', waitedMs: 3000 })
    expect(clock.pending).toBe(0)
    expect(await waiting(echo.written, { signal: AbortSignal.abort() }).seen).toMatchObject({ state: 'notSeen' })
  })
})
