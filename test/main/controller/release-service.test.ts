import { describe, expect, it } from 'vitest'
import type { Service } from '#api/core.ts'
import type { CanaryStrategy, Rollout } from '#api/rollout.ts'
import { serviceFate } from '#main/controller/release-service.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'

const mark = 'argo-rollouts.argoproj.io/managed-by-rollouts'
const managed = aService('web', 'v1', { [mark]: 'web', team: 'shop' })
const unmanaged = aService('web', 'v1')
const naming = (canary: CanaryStrategy): Rollout => aRollout({ canary })

function fate(service: Service, rollouts: readonly Rollout[], dropped = true): unknown {
  const found = serviceFate(service, { rollouts, dropped })
  if (found.kind === 'release') return found.write.body
  return found.kind === 'reconcile' ? found.rollouts.map(({ metadata }) => metadata.name) : found.kind
}

const released = { spec: { selector: { 'rollouts-pod-template-hash': null } } }
const unmarked = { metadata: { annotations: { [mark]: null } }, ...released }

describe('REC-14: a Service', () => {
  it.each<[string, Service, readonly Rollout[], boolean, unknown]>([
    ['that selects no hash is left alone', aService('web', undefined, { [mark]: 'web' }), [], true, 'leave'],
    ['is for the Rollout that marked it', managed, [naming({ stableService: 'web' })], true, ['web']],
    ['whose Rollout is gone loses hash and mark', managed, [], true, unmarked],
    ['whose Rollout names it no more does too', managed, [naming({ stableService: 'other' })], true, unmarked],
    ['is found with its mark long after', managed, [], false, unmarked],
    [
      'marked by one that is gone is let go, whoever names it',
      aService('web', 'v1', { [mark]: 'gone' }),
      [naming({ stableService: 'web' })],
      true,
      unmarked,
    ],
    ['without a mark is for whoever names it', unmanaged, [naming({ canaryService: 'web' })], true, ['web']],
    ['without a mark that is dropped loses the hash', unmanaged, [], true, released],
    ['without a mark that nobody dropped is a person’s', unmanaged, [], false, 'leave'],
  ])('DEL-5, REC-14: %s', (_what, service, rollouts, dropped, expected) => {
    expect(fate(service, rollouts, dropped)).toEqual(expected)
  })

  it.each<CanaryStrategy>([
    { canaryService: 'web' },
    { stableService: 'web' },
    { pingPong: { pingService: 'web', pongService: 'x' } },
    { pingPong: { pingService: 'x', pongService: 'web' } },
  ])('REC-14: is named by %j', (canary) => {
    expect(fate(managed, [naming(canary)])).toEqual(['web'])
  })

  it.each([{ activeService: 'web' }, { activeService: 'x', previewService: 'web' }])(
    'REC-14: is named by %j of a blue-green rollout',
    (blueGreen) => {
      expect(fate(managed, [aRollout({ blueGreen })])).toEqual(['web'])
    },
  )

  it('REC-14: is written to as it was read', () => {
    const found = serviceFate(managed, { rollouts: [], dropped: false })
    expect(found).toMatchObject({
      write: { precondition: { uid: 'uid-web', resourceVersion: '1' }, because: 'REC-14' },
    })
  })
})
