import { describe, expect, it } from 'vitest'
import type { Rollout, RolloutStatus } from '#api/rollout.ts'
import { rolloutKey } from '#contract/keys.ts'
import type { ActionEffect } from '#contract/views.ts'
import { EffectFeed } from '#main/app/effect-feed.ts'
import type { ReflectorChange } from '#main/cluster/client.ts'
import type { Cache } from '#main/cluster/cluster.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const going: RolloutStatus = { phase: 'Progressing', currentPodHash: 'v2', stableRS: 'v1' }
const before = aRollout({ status: going })
const written = aRollout({ status: { ...going, abort: true } })
const aborted = aRollout({ status: { ...going, abort: true, abortedAt: '2026-01-15T10:00:00Z', phase: 'Degraded' } })

function aCache(synced: boolean, first: Rollout | undefined) {
  const listeners = new Set<(change: ReflectorChange) => void>()
  let current = first
  const cache: Cache<Rollout> = {
    synced,
    failure: undefined,
    size: 1,
    get: (key) => (key === 'shop/web' ? current : undefined),
    values: () => [],
    inNamespace: () => [],
    ownedBy: () => [],
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const show = (rollout: Rollout | undefined) => {
    current = rollout
    for (const listener of listeners) listener({ kind: 'upserted', object: aborted, previous: undefined })
  }
  return { cache, show, listeners }
}

function following(
  { first, synced }: { first: Rollout | undefined; synced: boolean } = { first: written, synced: true },
) {
  const clock = new VirtualClock()
  const feed = new EffectFeed(clock)
  const heard: ActionEffect[] = []
  feed.onEffect((effect) => heard.push(effect))
  const { cache, ...rest } = aCache(synced, first)
  const done = feed.follow({
    key: rolloutKey({ context: 'eu', namespace: 'shop', name: 'web' }),
    action: 'abort',
    resourceVersion: '7',
    echo: { before, written },
    rollouts: cache,
    driver: () => ({ engine: 'inCluster', holder: 'argo-1' }),
  })
  return { clock, feed, heard, done, ...rest }
}

describe('EffectFeed', () => {
  it('ACT-58, VIEW-133: tells what the shared cache shows, with who should act', async () => {
    const { clock, heard, done, show } = following()
    await clock.advance(1000)
    show(aborted)
    await done
    expect(heard).toEqual([
      {
        key: 'eu/shop/web',
        action: 'abort',
        resourceVersion: '7',
        state: 'seen',
        waitedMs: 1000,
        engine: 'inCluster',
        holder: 'argo-1',
      },
    ])
  })

  it('ACT-58: a rollout that is missing is gone only once the cache has been filled', async () => {
    const { clock, heard, done } = following({ first: undefined, synced: false })
    await clock.advance(30_000)
    await done
    expect(heard).toMatchObject([{ state: 'notSeen' }])
    const gone = following({ first: undefined, synced: true })
    await gone.done
    expect(gone.heard).toMatchObject([{ state: 'gone' }])
  })

  it('stopping ends every wait without a word, and leaves no alarm', async () => {
    const { clock, feed, heard, done, listeners } = following()
    feed.stop()
    await done
    expect([heard.length, clock.pending, listeners.size]).toEqual([0, 0, 0])
  })
})
