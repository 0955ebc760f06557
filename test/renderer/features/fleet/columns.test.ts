import { expect, it } from 'vitest'
import { foldColumns, statusCounts } from '#renderer/features/fleet/columns.ts'
import { aCluster, aRollout } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const eu = aCluster('prod-eu', T0, { group: 'production' })
const us = aCluster('prod-us', T0, { group: 'production' })
const dev = aCluster('dev', T0, { group: 'clusters' })

it('UI-VIRT-9: a folded group is one column where its first cluster stood; one cluster is nothing to fold', () => {
  expect(foldColumns([eu, dev, us], new Set())).toEqual([eu, dev, us])
  const folded = foldColumns([eu, dev, us], new Set(['production', 'clusters']))
  expect(folded.map(({ group, fold }) => [group, fold?.map(({ context }) => context)])).toEqual([
    ['production', ['prod-eu', 'prod-us']],
    ['clusters', undefined],
  ])
  expect(new Set(folded.map(({ context }) => context))).not.toContain('prod-eu')
})

it('UI-VIRT-9: a folded cell counts each status, what needs somebody first', () => {
  const cells = new Map([
    ['prod-eu', aRollout(T0, { context: 'prod-eu', name: 'web' })],
    ['prod-us', aRollout(T0, { context: 'prod-us', name: 'web', status: 'Degraded' })],
    ['dev', aRollout(T0, { context: 'dev', name: 'web', status: 'Paused' })],
  ])
  expect(statusCounts(cells, [eu, us])).toEqual([
    ['Degraded', 1],
    ['Healthy', 1],
  ])
  expect(statusCounts(new Map(), [eu, us])).toEqual([])
})
