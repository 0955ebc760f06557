import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { failure, success } from '#lib/outcome.ts'
import { createActionRights } from '#main/controller/action-rights.ts'
import { aRollout, setWeight } from '#test/support/builders/rollout.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const rollout = aRollout({ steps: [setWeight(20)], status: { currentPodHash: 'v2', stableRS: 'v1' } })
const named = (name: string, namespace = 'shop') => ({
  ...rollout,
  metadata: { ...rollout.metadata, name, namespace },
})

/** `allowed` is told `patch rollouts/status shop/web`, with a star for any. */
function aCluster(allowed: (right: string) => boolean | 'silent') {
  const asked: string[] = []
  const clock = new VirtualClock()
  const create = async (_resource: unknown, review: KubeObject) => {
    const { resourceAttributes: about } = (
      review as unknown as { spec: { resourceAttributes: Readonly<Record<string, string | undefined>> } }
    ).spec
    const what = [about['resource'], about['subresource']].filter(Boolean).join('/')
    const right = `${about['verb']} ${what} ${about['namespace'] ?? '*'}/${about['name'] ?? '*'}`
    asked.push(right)
    const answer = allowed(right)
    if (answer === 'silent') return failure({ kind: 'ServerError', message: 'no', status: 500 } as const)
    return success({ ...review, status: { allowed: answer } })
  }
  const rights = createActionRights({ create }, clock)
  const settle = () => clock.advance(0)
  return { rights, asked, clock, settle }
}

describe('ACT-14: rights for the board', () => {
  it('ACT-14: one who may do everything is asked about once per cluster, not per namespace, rollout or look', async () => {
    const { rights, asked, settle } = aCluster(() => true)
    for (const namespace of ['shop', 'pay']) {
      for (let look = 0; look < 50; look++) expect(rights.closed(named(`web-${look}`, namespace))).toEqual({})
      await settle()
    }
    expect(asked.toSorted()).toEqual(['patch rollouts */*', 'patch rollouts/status */*', 'update rollouts */*'])
  })

  it('ACT-14: a denied one is asked about once per namespace; actions are closed with what is missing', async () => {
    const { rights, asked, settle } = aCluster((right) => right === 'patch rollouts shop/*')
    let changes = 0
    rights.onChange(() => {
      changes++
    })
    for (let look = 0; look < 20; look++) {
      rights.closed(rollout)
      await settle()
    }
    const closed = rights.closed(rollout)
    expect(closed.abort).toBe('needs patch on rollouts/status in namespace shop')
    expect(closed.setImage).toBe('needs update on rollouts in namespace shop')
    expect(Object.keys(closed).toSorted()).toEqual(['abort', 'promote', 'promoteFull', 'retry', 'setImage', 'skipStep'])
    expect(asked).toHaveLength(6)
    // One was granted, which closes nothing.
    expect(changes).toBe(5)
  })

  it('ACT-14: a right on this rollout alone counts where the rollout is looked at', async () => {
    const { rights, settle } = aCluster((right) => right.endsWith(' shop/web'))
    for (let look = 0; look < 4; look++) {
      rights.closed(rollout, true)
      await settle()
    }
    // Nobody can be allowed to create an object by its name; an analysis or an Experiment has another one.
    expect(rights.closed(rollout, true)).toEqual({
      rerunAnalysis: 'needs create on analysisruns in namespace shop',
      terminateAnalysis: 'needs patch on analysisruns in namespace shop',
      terminateExperiment: 'needs patch on experiments in namespace shop',
    })
    expect(rights.closed(rollout).abort).toBe('needs patch on rollouts/status in namespace shop')
  })

  it('ACT-14: who is about to act waits for the answer, down to the rollout itself', async () => {
    const denied = aCluster(() => false)
    expect(await denied.rights.missing('abort', rollout)).toBe('needs patch on rollouts/status in namespace shop')
    expect(denied.asked).toHaveLength(15)
    await denied.rights.missing('abort', rollout)
    expect(denied.asked).toHaveLength(15)
    const granted = aCluster((right) => right.endsWith(' shop/web'))
    expect(await granted.rights.missing('abort', rollout)).toBeUndefined()
    expect(await aCluster(() => 'silent').rights.missing('abort', rollout)).toBeUndefined()
  })

  it('ACT-14: with very many namespaces the questions end, and those without an answer stay open', async () => {
    const { rights, asked, clock, settle } = aCluster(() => false)
    const lookAtAll = async () => {
      for (let i = 0; i < 700; i++) {
        rights.closed(named('web', `ns-${i}`))
        if (i % 100 === 0) await settle()
      }
      await settle()
    }
    for (let look = 0; look < 4; look++) await lookAtAll()
    expect(asked).toHaveLength(2000)
    expect(rights.closed(named('web', 'ns-1')).abort).toBeDefined()
    expect(rights.closed(named('web', 'ns-699'))).toEqual({})
    await clock.advance(300_000)
    rights.closed(named('web', 'ns-699'))
    expect(asked.length).toBeGreaterThan(2000)
  })

  it('ACT-14: answers expire after five minutes; the old one stands until the next is in', async () => {
    let mayNow = false
    const { rights, asked, clock, settle } = aCluster(() => mayNow)
    for (let look = 0; look < 4; look++) {
      rights.closed(rollout)
      await settle()
    }
    const before = asked.length
    await clock.advance(299_000)
    rights.closed(rollout)
    expect(asked).toHaveLength(before)
    mayNow = true
    await clock.advance(1000)
    expect(rights.closed(rollout).abort).toBeDefined()
    await settle()
    expect(rights.closed(rollout)).toEqual({})
  })

  it('ACT-14: what gets no answer closes nothing, and is asked again after 30 s', async () => {
    const { rights, asked, clock, settle } = aCluster(() => 'silent')
    for (let look = 0; look < 10; look++) {
      expect(rights.closed(rollout)).toEqual({})
      await settle()
    }
    expect(asked).toHaveLength(3)
    await clock.advance(30_000)
    rights.closed(rollout)
    expect(asked).toHaveLength(6)
  })

  it('somebody else signed in: nothing is known any more', async () => {
    const { rights, settle } = aCluster(() => false)
    for (let look = 0; look < 4; look++) {
      rights.closed(rollout)
      await settle()
    }
    expect(rights.closed(rollout).abort).toBeDefined()
    rights.forget()
    expect(rights.closed(rollout)).toEqual({})
    rights.forget()
    await settle()
    expect(rights.closed(rollout)).toEqual({})
  })
})
